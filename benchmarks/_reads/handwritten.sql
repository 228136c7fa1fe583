SELECT coalesce(json_agg(row_to_json(answer)), '[]')::text
FROM (
    SELECT
        film.id,
        film.title,
        replace(to_char(film.premiere AT TIME ZONE %(zone)s, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')
            || to_char(film.premiere AT TIME ZONE %(zone)s - film.premiere AT TIME ZONE 'UTC', '"+"HH24:MI')
            AS premiere,
        replace(to_char(film.added AT TIME ZONE %(zone)s, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')
            || to_char(film.added AT TIME ZONE %(zone)s - film.added AT TIME ZONE 'UTC', '"+"HH24:MI')
            AS added,
        film.price::text AS price,
        film.minutes,
        film.colour,
        film.synopsis,
        film.franchise_id AS franchise,
        (
            SELECT row_to_json(one)
            FROM (
                SELECT studio.id, studio.name, studio.city
                FROM benchmarks_studio studio WHERE studio.id = film.studio_id
            ) one
        ) AS studio,
        (
            SELECT coalesce(json_agg(each), '[]')
            FROM (
                SELECT person.id, person.name
                FROM benchmarks_person person
                JOIN benchmarks_film_directors link ON link.person_id = person.id
                WHERE link.film_id = film.id
            ) each
        ) AS directors,
        (
            SELECT coalesce(json_agg(each), '[]')
            FROM (
                SELECT genre.id, genre.name
                FROM benchmarks_genre genre
                JOIN benchmarks_film_genres link ON link.genre_id = genre.id
                WHERE link.film_id = film.id
            ) each
        ) AS genres,
        (
            SELECT coalesce(json_agg(each), '[]')
            FROM (
                SELECT review.id, author.name AS author, review.stars, review.text
                FROM benchmarks_review review
                JOIN benchmarks_person author ON author.id = review.author_id
                WHERE review.film_id = film.id
            ) each
        ) AS reviews
    FROM (SELECT * FROM benchmarks_film ORDER BY id LIMIT %(rows)s) film
) answer
