#include "weir/reports/cli.h"

int main(int argc, char** argv) { return weir::reports::main(weir::scenarios::JobCatalogue::built_in(), argc, argv); }
