"""`python -m bulkgen`: the command line."""

from bulkgen.cli.main import main

main()
