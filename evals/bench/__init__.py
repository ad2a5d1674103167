"""What the benchmarks are made of: indexes of a set's articles, the engines that search them, and the tables."""
