CREATE EXTENSION IF NOT EXISTS btree_gist;

INSERT INTO benchmarks_slotbyrange SELECT * FROM benchmarks_slot ORDER BY id;
INSERT INTO benchmarks_booking
    SELECT id, hall, tstzrange(start, stop) FROM benchmarks_slot ORDER BY id;
INSERT INTO benchmarks_bookingbylower SELECT * FROM benchmarks_booking ORDER BY id;

CREATE INDEX ON benchmarks_slot (hall, start);
CREATE INDEX ON benchmarks_slot (start, stop);
-- One index for questions of one hall and of all. With the hall first, what is asked of all halls
-- is looked for in each of them.
CREATE INDEX ON benchmarks_slotbyrange USING gist (tstzrange(start, stop), hall);
CREATE INDEX ON benchmarks_booking USING gist (during, hall);
CREATE INDEX ON benchmarks_bookingbylower (lower(during));
