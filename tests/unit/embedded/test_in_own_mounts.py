"""Full disks and machines without the usual users, in a mount namespace of the test's own."""

from pathlib import Path

from tests.unit.embedded._processes import start_in_own_mounts


def test_a_disk_that_is_full_during_initdb_is_named(fresh_folder: Path) -> None:
    disk = fresh_folder / "disk"
    disk.mkdir()
    said = start_in_own_mounts(f"mount -t tmpfs -o size=20m,mode=711 none {disk}", disk)
    assert said.startswith("embedded.disk_full PostgreSQL could not make a cluster in ")
    assert "No space left on device" in said
    assert f"Free some space (a new cluster takes about 60 MB) in {disk}" in said


def test_a_disk_that_is_full_at_the_very_beginning_is_named(fresh_folder: Path) -> None:
    disk = fresh_folder / "disk"
    disk.mkdir()
    said = start_in_own_mounts(f"mount -t tmpfs -o nr_inodes=3,mode=711 none {disk}", disk)
    assert said.startswith("embedded.disk_full ")
    assert "No space left on device" in said


def test_a_disk_that_is_full_at_a_later_start_is_named_and_the_next_one_goes_well(
    fresh_folder: Path,
) -> None:
    disk = fresh_folder / "disk"
    disk.mkdir()
    start = f'"$1" -c "$2" {disk}'
    said = start_in_own_mounts(
        f"mount -t tmpfs -o size=90m,mode=711 none {disk} && {start} && "
        f"! cat /dev/zero >{disk}/filler 2>/dev/null && {start} && rm {disk}/filler",
        disk,
    )
    first, rest = said.split("\n", 1)
    assert first == "started postgres"
    assert rest.startswith("embedded.disk_full PostgreSQL did not start")
    assert rest.endswith("\nstarted postgres\n")


def test_where_there_is_no_user_postgres_the_server_is_nobody(fresh_folder: Path) -> None:
    names = fresh_folder / "passwd"
    users = Path("/etc/passwd").read_text().splitlines(keepends=True)
    names.write_text("".join(user for user in users if not user.startswith("postgres:")))
    said = start_in_own_mounts(f"mount --bind {names} /etc/passwd", fresh_folder)
    assert said == "started nobody\n"


def test_where_there_is_no_user_for_the_server_root_is_told_so(fresh_folder: Path) -> None:
    names, switch = fresh_folder / "passwd", fresh_folder / "switch"
    names.write_text("root:x:0:0:root:/root:/bin/sh\n")
    switch.write_text("passwd: files\n")  # systemd would make up a nobody.
    said = start_in_own_mounts(
        f"mount --bind {names} /etc/passwd && mount --bind {switch} /etc/nsswitch.conf",
        fresh_folder,
    )
    assert said.startswith("embedded.no_user ")
    assert 'neither a user "postgres" nor "nobody"' in said
