"""One polite request under a deadline, and many of them in a pass.

    fetcher = Fetcher(user_agent=user_agent("0.1.0"))           # archiver.capture.fetch
    captures = sweep(jobs, fetcher, keep=…, last=…)             # archiver.capture.sweep

What the network does is never raised: a `Reply` carries one of `records.REASONS` and a sentence.
"""
