"""From films.csv to films: read, mend, check, save. The first three need no database."""
