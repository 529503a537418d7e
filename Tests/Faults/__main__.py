"""Makes real faults against the built tool and prints what was tried, and what went wrong, as a table."""

import argparse
import sys
import time

import bare
import crowds
import damage
import injected
import pastes
import proof
import sharing
import sinks

# name, what is done, what must hold, and the function; its argument is a scale.
ROWS = [
    ("errors", "a system call of a save fails", "old or new file, one line, nothing left", injected.errors, 16),
    ("kills", "kill -9 at a system call of a save", "old or new file", injected.kills, 1),
    ("proofs", "verify is killed, interrupted, or its second process dies", "old file, or put back next time",
     proof.proofs, 1),
    ("bare", "/proc is not mounted", "saves whole, nothing unknown is called shared", bare.bare, 1),
    ("names", "the output is the mapped input", "no SIGBUS, no byte lost", sharing.names, 1),
    ("truncation", "the input is cut in use", "an error, never zeros", sharing.truncation, 40),
    ("devices", "the input's disk fails in use", "an error", damage.devices, 5),
    ("savers", "8 processes save one file", "each read finds a whole one", crowds.savers, 5),
    ("writer", "saves of a buffer that is written", "decodes, no foreign pixel", crowds.writer, 1),
    ("still", "the same with --consistent or --lock", "no frame is torn", crowds.still, 1),
    ("files", "a good file cut or with a bit turned", "read or refused", damage.files, 1),
    ("outputs", "the output cannot go anywhere", "told, old file kept", sinks.outputs, 1),
    ("pastes", "a file is pasted into itself", "the picture as it was", pastes.selves, 20),
    ("holes", "a sparse file on a full disk is edited", "told, bytes and blocks kept", pastes.holes, 20),
    ("mounts", "a full or read-only file system", "told, old file kept", sinks.mounts, 1),
    ("metadata", "a file is replaced", "mode, owner, attributes, links kept", sinks.metadata, 1),
    ("allocations", "memory cannot be had", "an error, old file kept", damage.allocations, 1),
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/faults", description=__doc__)
    parser.add_argument("--count", choices=("small", "large"), default="small",
                        help="how many tries (default: small, a minute in all)")
    parser.add_argument("--list", action="store_true", help="names of the rows")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows to run (default: all)")
    options = parser.parse_args()
    if options.list:
        print("\n".join(row[0] for row in ROWS))
        return 0
    unknown = set(options.rows) - {row[0] for row in ROWS}
    if unknown:
        parser.error(f"no row {', '.join(sorted(unknown))}; --list names them")
    print("| row | fault | must hold | tries | violations | seconds |\n|---|---|---|---|---|---|", flush=True)
    violations, skipped = [], []
    for name, fault, law, make, large in ROWS:
        if options.rows and name not in options.rows:
            continue
        start = time.monotonic()
        tally = make(large if options.count == "large" else 0)
        seconds = time.monotonic() - start
        print(f"| {name} | {fault} | {law} | {tally.tries:,} | {len(tally.violations)} | {seconds:.1f} |",
              flush=True)
        violations += tally.violations
        skipped += [f"{name}: {reason}" for reason in sorted(set(tally.skipped))]
    for line in skipped:
        print(f"skipped: {line}")
    for line in violations[:100]:
        print(f"VIOLATION: {line}", file=sys.stderr)
    return 1 if violations else 0


sys.exit(main())
