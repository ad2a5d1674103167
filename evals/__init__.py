"""Is it any good? Benchmarks and measurements."""
