//! One file per subcommand: parse, call the rooms, print.
