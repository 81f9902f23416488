def test_the_group_alone_shows_what_there_is(cli):
    done = cli("bench")
    assert done.code == 2
    assert "identity" in done.out + done.err
