from privateedit.server.metrics import Metrics


def test_counts_and_timings_are_told_in_prometheus_format():
    metrics = Metrics()
    metrics.answers.labels("200").inc()
    metrics.faces.inc(3)
    with metrics.timed("mask"):
        pass
    text = metrics.text().decode()
    assert 'privateedit_answers_total{status="200"} 1.0' in text
    assert "privateedit_faces_hidden_total 3.0" in text
    assert 'privateedit_seconds_count{stage="mask"} 1.0' in text


def test_a_stage_that_fails_is_timed_too():
    metrics = Metrics()
    try:
        with metrics.timed("send"):
            raise ValueError
    except ValueError:
        pass
    assert 'privateedit_seconds_count{stage="send"} 1.0' in metrics.text().decode()


def test_servers_count_apart():
    first, second = Metrics(), Metrics()
    first.faces.inc()
    assert "privateedit_faces_hidden_total 0.0" in second.text().decode()
