"""When sources are captured: the grid of slots, what is due, the pass that cron calls, and the daemon.

    slot      a source × a time at which it is due: `grid` (pure)
    plan      what is to be run now and what was missed, from the clock and the ledger alone: `plan` (pure)
    book      reads that from the ledgers, and writes what became of each slot: `book`
    passing   one pass over what is due, as `archiver capture --due`: `passing`
    daemon    the same for ever, each source in a process of its own: `daemon`, `child`, `worker`

The ledger is the only memory: a pass by cron, the daemon after a restart and a pass by hand agree on what is
due, since each reads it there.
"""
