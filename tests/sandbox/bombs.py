# ruff: noqa: E501, S608  # statements are easier to read whole
"""Questions that would take a machine down: each is more than ten seconds or two gigabytes, unbounded."""

from __future__ import annotations

BOMBS = {
    "a cross join": "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE hash(a, b, c) = 7",
    "a recursion without end": "WITH RECURSIVE r AS (SELECT 1::HUGEINT n UNION ALL SELECT n + 1 FROM r) "
    "SELECT count(*) FROM r",
    "a recursion that doubles": "WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n FROM r, range(2)) SELECT * FROM r",
    "a range of 1e12": "SELECT sum(range) FROM range(1000000000000)",
    "rows without end": "FROM range(1000000000000)",
    "a sort of very much": "SELECT * FROM range(3000000000) ORDER BY hash(range) DESC",
    "a hash table of very much": "SELECT range, count(*) FROM range(3000000000) GROUP BY ALL",
    "one long string": "SELECT repeat('x', 10000000000)",
    "strings that double": "SELECT length(" + "replace(" * 24 + "'x'" + ", 'x', 'xxxx')" * 24 + ")",
    "many long strings": "SELECT repeat(chr(65 + (range % 26)::INTEGER), 100000000) FROM range(1000)",
    "a padding": "SELECT lpad('x', 2000000000, 'y') || rpad('x', 2000000000, 'y')",
    "a wide format": "SELECT printf('%2000000000d', 1), format('{:>2000000000}', 1)",
    "all rows in one string": "SELECT string_agg(repeat('y', 1000), ',') FROM range(100000000)",
    "all rows in one list": "SELECT list(range) FROM range(3000000000)",
    "lists of lists": "SELECT list_transform(range(100000), lambda i: range(100000))",
    "a fold of a list": "SELECT list_reduce(range(1000000), lambda a, b: a * 31 % 1000000007 + b % 7) FROM range(100000)",
    "an unnesting of unnestings": "SELECT count(*) FROM (SELECT unnest(range(1000000)) a), "
    "(SELECT unnest(range(1000000)) b) WHERE a * b % 1000003 = 5",
    "a window over very much": "SELECT max(m) FROM (SELECT median(range) OVER (ORDER BY hash(range) "
    "ROWS BETWEEN 1000000 PRECEDING AND CURRENT ROW) m FROM range(100000000))",
    "a cube": "SELECT count(*) FROM (SELECT 1 FROM (SELECT range % 97 a, range % 89 b, range % 83 c, range % 79 d, "
    "range % 73 e, range % 71 f FROM range(10000000)) GROUP BY CUBE (a, b, c, d, e, f))",
    "a regular expression": "SELECT count(*) FROM range(1000000) WHERE regexp_matches(repeat('a', 100000) || range, "
    "'(a{1,100}){1,9}(.*a){9}b$')",
    "likenesses": "SELECT sum(levenshtein(repeat('ab', 20000), repeat('ba', 20000) || range)) FROM range(100000)",
    "deep JSON": "SELECT json_valid(repeat('[', 200000000) || repeat(']', 200000000))",
    "much JSON": "SELECT json_group_array(json_object('k', repeat('v', 1000), 'n', range)) FROM range(100000000)",
    "a long list of values": "SELECT 1 WHERE 1 IN ("
    + ", ".join(map(str, range(200_000)))
    + ", (SELECT count(*) "
    "FROM range(1000000) a, range(1000000) b WHERE hash(a, b) = 7))",
    "a factorial": "SELECT sum(factorial((range % 33)::INTEGER)) FROM range(1000000000000)",
    "a sleep": "SELECT sleep_ms(3600000)",
    "a bitstring": "SELECT bit_count(repeat('1', 2000000000)::BIT)",
    "a self join of self joins": "SELECT count(*) FROM range(100000) a JOIN range(100000) b ON a.range <> b.range "
    "JOIN range(100000) c ON b.range <> c.range WHERE hash(a.range, c.range) % 1000003 = 5",
}
"""What it is → the question."""

CRASHERS = {
    "deep parentheses": "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
    "deep functions": "SELECT " + "abs(" * 20_000 + "1" + ")" * 20_000,
    "deep questions": "SELECT * FROM " + "(SELECT * FROM " * 5_000 + "range(1)" + ")" * 5_000,
    "a long chain of sums": "SELECT " + "1 + " * 50_000 + "1",
    "a long chain of unions": " UNION ALL ".join(["SELECT 1"] * 20_000),
    "nested lists": "SELECT " + "[" * 5_000 + "1" + "]" * 5_000,
    "nested cases": "SELECT " + "CASE WHEN true THEN " * 3_000 + "1" + " END" * 3_000,
    "chained casts": "SELECT 1" + "::INTEGER" * 20_000,
    "many common tables": "WITH "
    + ", ".join(f"t{n} AS (SELECT {n} AS n)" for n in range(5_000))
    + " FROM t4999",
    "doubling common tables": "WITH t0 AS (SELECT 1 AS n), "
    + ", ".join(f"t{n} AS (FROM t{n - 1} UNION ALL FROM t{n - 1})" for n in range(1, 40))
    + " SELECT count(*) FROM t39",
}
"""Questions that are hard on the parser and the planner: whatever comes of them comes in time."""
