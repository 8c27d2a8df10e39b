"""Charts of the report, one function each, made with Altair and coloured by the theme's names."""
