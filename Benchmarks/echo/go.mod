module jabiru.dev/benchmarks/echo

go 1.19
