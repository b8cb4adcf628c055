"""The whole way in a few seconds: publishers on loopback, real capture passes, an archive left behind.

`play` is what `archiver demo` calls. The figures are facts (facts/*.csv, each with its source); the payloads
are drawn from them in each publisher's shape and served over real HTTP.
"""
