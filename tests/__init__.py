"""The tests, a package: another distribution in the environment may bring a `tests` of its own."""
