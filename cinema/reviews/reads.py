from cinema.films.reads import FilmTile


class ReviewedFilm(FilmTile):
    """The film somebody writes about."""
