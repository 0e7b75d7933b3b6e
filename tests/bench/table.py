"""Runs the benchmarks in interleaved rounds and prints the table of measures and goals; called by `tests/bench/run`."""
import argparse
import re
import statistics
import subprocess
import sys

BUILD = "build/release/"
QUIET_SHARE = 95  # percent of wall-clock time that a thread has to have had a processor, or its round is disturbed


def output(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"this failed: {' '.join(map(str, command))}")
    return done.stdout


def values(text):
    """All `name=value` and `name value` pairs whose value is a number."""
    return {name: float(value) for name, value in re.findall(r"(\w+)[ =](-?\d+(?:\.\d+)?)(?= |$)", text, re.M)}


def bench(*arguments):
    return values(output(BUILD + arguments[0], *arguments[1:]))


# --- One function a sample; each round takes all of them.

def sample_queue(_):
    lines = output(BUILD + "bench_queue", 1).splitlines()
    found = [re.search(r"pending=(\d+) .*queue ([\d.]+) ns +weir ([\d.]+) ns", line).groups() for line in lines]
    return {int(pending): (float(weir), float(standard)) for pending, standard, weir in found}


def sample_one_thread(options):
    return bench("bench_reference", "seeds", 1, options.seconds)


def sample_two_threads(options):
    return bench("bench_reference", "seeds", 2, options.seconds)


def sample_rocksdb(options):
    return bench("bench_reference", "seeds", 2, options.seconds, "rocksdb")


def sample_proto(options):
    return values(output(options.proto, 32, 2, "wheel", 1, options.seconds)) if options.proto else None


def sample_trace(_):
    return bench("bench_reference", "trace")


def sample_phases(_):
    return bench("bench_reference", "phases")


SAMPLES = [sample_queue, sample_one_thread, sample_proto, sample_two_threads, sample_rocksdb, sample_trace,
           sample_phases]


def take_rounds(options):
    """A list of rounds; in each, the result of every sample by its function. Every round starts with another sample."""
    rounds = []
    for number in range(options.rounds):
        print(f"== round {number + 1} of {options.rounds}", file=sys.stderr)
        first = number % len(SAMPLES)
        rounds.append({sample: sample(options) for sample in SAMPLES[first:] + SAMPLES[:first]})
    return rounds


def is_quiet(one_round):
    return all(one_round[sample]["cpu_percent"] >= QUIET_SHARE for sample in (sample_one_thread, sample_two_threads))


def take_instructions(options):
    """(counted, recorded or None, the prototype's or None); a figure that is off is a row, not an error."""
    command = ["tests/bench/instructions"] + (["--peers", options.peers] if options.peers else [])
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
    heap = re.search(r"backend=heap per_seed=(\d+) recorded=(\w+)", text)
    proto = re.search(r"peer=proto per_seed=(\d+)", text)
    if not heap:
        sys.exit("tests/bench/instructions counted nothing")
    recorded = float(heap[2]) if heap[2] != "none" else None
    return float(heap[1]), recorded, float(proto[1]) if proto else None


# --- The table.

class Table:
    HEAD = ["measure", "value", "compared with", "ratio", "goal", "met", "project goal", "met"]

    def __init__(self):
        self.rows = []
        self.met = self.goals = 0

    def add(self, measure, value, against="", ratio=None, goal=None, project=None, judged=None, unit=""):
        """`goal` and `project` are (sign, bound) for `judged`, which is the ratio where there is one."""
        judged = ratio if judged is None else judged
        self.rows.append([measure, value, against, "" if ratio is None else f"{ratio:.2f}",
                          *self.judge(judged, goal, unit, True), *self.judge(judged, project, unit, False)])

    def judge(self, value, goal, unit, counts):
        if goal is None or value is None:
            return "", ""
        sign, bound = goal
        met = value <= bound if sign == "<=" else value >= bound
        self.goals += counts
        self.met += counts and met
        return f"{sign} {bound:,g}{unit}", "yes" if met else "NO"

    def show(self):
        lines = [self.HEAD] + self.rows
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.HEAD))]
        lines.insert(1, ["-" * width for width in widths])
        for line in lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        print(f"{self.met} of {self.goals} goals met")


def median(rounds, of):
    return statistics.median(of(one) for one in rounds)


def add_queue(table, rounds):
    for pending, goal, project in ((100, 0.9, 0.75), (10_000, 0.75, 0.5)):
        weir = median(rounds, lambda r: r[sample_queue][pending][0])
        standard = median(rounds, lambda r: r[sample_queue][pending][1])
        ratio = median(rounds, lambda r: r[sample_queue][pending][0] / r[sample_queue][pending][1])
        table.add(f"event queue, {pending:,} pending", f"{weir:.1f} ns", f"std::priority_queue {standard:.1f} ns",
                  ratio, ("<=", goal), ("<=", project))


def add_seed(table, rounds, options):
    one = median(rounds, lambda r: r[sample_one_thread]["us_per_seed"])
    value = f"{one:,.0f} us of processor, {1e6 / one:,.0f}/s"
    if options.proto:
        # Processor time of both: other work on the machine slows neither.
        proto = median(rounds, lambda r: r[sample_proto]["us_per_seed"])
        ratio = median(rounds, lambda r: r[sample_one_thread]["us_per_seed"] / r[sample_proto]["us_per_seed"])
        table.add("reference seed, 1 thread", value, f"prototype {proto:,.0f} us, {1e6 / proto:,.0f}/s", ratio,
                  ("<=", 4))
    else:
        table.add("reference seed, 1 thread", value)


def add_threads(table, rounds):
    two = median(rounds, lambda r: r[sample_two_threads]["seeds_per_s"])
    one = median(rounds, lambda r: r[sample_one_thread]["seeds_per_s"])
    ratio = median(rounds, lambda r: r[sample_two_threads]["seeds_per_s"] / r[sample_one_thread]["seeds_per_s"])
    # What the ratio would be if nothing else ran: twice the threads, each at the cost it had.
    alone = median(rounds, lambda r: 2 * r[sample_one_thread]["us_per_seed"] / r[sample_two_threads]["us_per_seed"])
    rocksdb = median(rounds, lambda r: r[sample_rocksdb]["seeds_per_s"])
    table.add("reference seed, 2 threads", f"{two:,.0f}/s", project=(">=", 4000), judged=two, unit="/s")
    table.add("2 threads / 1 thread", f"{two:,.0f}/s", f"1 thread {one:,.0f}/s; by processor time {alone:.2f}", ratio,
              (">=", 1.9), (">=", 1.95))
    table.add("RocksDB, 2 threads", f"{rocksdb:,.1f}/s", goal=(">=", 20), judged=rocksdb, unit="/s")


def add_memory(table):
    memory = bench("bench_memory", "bytes")
    growth = bench("bench_memory", "growth", 10_000)
    table.add("heap of a running seed", f"{memory['peak_kib']:,.0f} KiB",
              f"of it job and reference {memory['shared_kib']:,.0f} KiB", goal=("<=", 4096), project=("<=", 512),
              judged=memory["peak_kib"], unit=" KiB")
    table.add("growth over 10,000 seeds", f"{growth['growth_kib']:,.0f} KiB",
              f"resident {growth['warm_kib'] / 1024:,.1f} MiB", goal=("<=", 1024), judged=growth["growth_kib"],
              unit=" KiB")


def add_parts(table, rounds):
    trace = median(rounds, lambda r: r[sample_trace]["share_percent"])
    each = median(rounds, lambda r: r[sample_trace]["ns_per_event"])
    properties = median(rounds, lambda r: r[sample_phases]["properties_percent"])
    table.add("trace and hash of a seed", f"{trace:.2f} %", f"{each:.2f} ns an event", goal=("<=", 10),
              project=("<=", 3), judged=trace, unit=" %")
    table.add("properties of a seed", f"{properties:.1f} %")


def add_counts(table, options):
    calls = bench("bench_memory", "allocations")
    table.add("allocations an event", f"{calls['per_event']:.2f}",
              f"{calls['per_seed']:,.0f} a seed, {calls['simulation_per_seed']:,.0f} without properties",
              project=("<=", 0), judged=calls["per_event"])
    counted, recorded, proto = take_instructions(options)
    millions = f"{counted / 1e6:.2f} M"
    if recorded:
        table.add("instructions a seed", millions, f"recorded {recorded / 1e6:.2f} M", counted / recorded, ("<=", 1.01))
    else:
        table.add("instructions a seed", millions, "nothing recorded for this compiler")
    if proto:
        table.add("instructions a seed", millions, f"prototype {proto / 1e6:.2f} M", counted / proto)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--proto", help="the prototype's program")
    parser.add_argument("--peers", help="the folder with its source")
    options = parser.parse_args()

    rounds = take_rounds(options)
    quiet = [one for one in rounds if is_quiet(one)]
    used = quiet if len(quiet) >= 3 else rounds
    print("== memory, allocations and instructions", file=sys.stderr)
    table = Table()
    add_queue(table, used)
    add_seed(table, used, options)
    add_threads(table, used)
    add_memory(table)
    add_parts(table, used)
    add_counts(table, options)
    table.show()
    if len(quiet) < len(rounds):
        print(f"{len(rounds) - len(quiet)} of {len(rounds)} rounds were disturbed by other work on the machine; "
              + ("left out" if used is quiet else "too many to leave them out: do not trust rates and their ratios"))


main()
