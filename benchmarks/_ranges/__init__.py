"""What ``benchmarks.ranges`` measures: values in Python, and a year of bookings in PostgreSQL."""
