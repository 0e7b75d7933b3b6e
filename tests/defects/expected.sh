# expected_in FILE: the properties that a defect's scenario names, one a line. Sourced by the scripts beside it.
expected_in() { sed -nE 's/^(scenario\.)?expect = //p' "$1" | grep -oE '[a-z-]+'; }
