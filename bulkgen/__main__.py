"""`python -m bulkgen`: the command line."""

from bulkgen.cli.entry import main

main()
