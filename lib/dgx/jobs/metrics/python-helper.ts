/**
 * `dgx_metrics.py`, put beside each run: the standard library of Python 3.6 and nothing else, so
 * that it can be copied anywhere.
 *
 * Points go to `$DGX_METRICS_FILE`, each with one write to a descriptor that appends: Linux keeps
 * such writes of several processes apart. What cannot be written is lost, and training goes on.
 */
export const DGX_METRICS_PY = String.raw`"""Metrics of a training run, for DGX Command Center.

    import dgx_metrics
    dgx_metrics.log(loss=0.3, step=10)
    dgx_metrics.log({"val/loss": 0.4, "val/acc": 0.9}, step=10)

Writes a line of JSON to $DGX_METRICS_FILE, which every job has. Where that is not set, and
$DGX_METRICS_URL is (http://HOST:3939/api/dgx/jobs/ID/metrics, with the key in $DGX_METRICS_KEY if
there is one), sends it there from a thread of its own.

Nothing here fails a training: log() never raises, and answers False when a point could not be
taken. Values may be numbers or anything float() takes, also tensors of one element; what is not, is
left out. Needs nothing but Python 3.6.
"""

import atexit
import encodings.idna  # Now: a child that is forked while it is first needed never has it.
import json
import math
import os
import queue
import threading
import time as _time
import urllib.error
import urllib.request
import uuid

__all__ = ["log", "flush"]

_MOST_WAITING = 10000
_MOST_AT_ONCE = 100
_MOST_NUMBERS = 1000

# By process: threads do not live on in a child that was forked.
_queues = {}


def log(metrics=None, step=None, **more):
    """Takes numbers under names, as a dict or as keywords. True when they were written or will be sent."""
    try:
        numbers = {}
        for values in (metrics, more):
            _flatten(values or {}, "", numbers, 0)
        if not numbers:
            return False
        point = {"time": round(_time.time(), 3), "metrics": numbers}
        at = _number(step)
        if at is not None and math.isfinite(at):
            point["step"] = int(at) if at == int(at) else at
        path = os.environ.get("DGX_METRICS_FILE")
        if path:
            return _append(path, point)
        url = os.environ.get("DGX_METRICS_URL")
        return bool(url) and _send(url, point)
    except Exception:
        return False


def flush(timeout=10.0):
    """Waits until what is to be sent over HTTP was sent, at most timeout seconds. True when it was."""
    waiting = _queues.get(os.getpid())
    end = _time.monotonic() + timeout
    while waiting is not None and waiting.unfinished_tasks > 0:
        if _time.monotonic() >= end:
            return False
        _time.sleep(0.02)
    return True


def _flatten(values, prefix, numbers, depth):
    for key in values:
        name = prefix + str(key)
        value = values[key]
        if isinstance(value, dict):
            if depth < 8:
                _flatten(value, name + ".", numbers, depth + 1)
            continue
        number = _number(value)
        if number is not None and 0 < len(name) <= 250 and len(numbers) < _MOST_NUMBERS:
            numbers[name] = _json(number)


def _number(value):
    if value is None or isinstance(value, (str, bytes)):
        return None
    try:
        if isinstance(value, int) and abs(value) <= 2 ** 53:
            return int(value)
        return float(value)
    except Exception:
        return None


def _json(number):
    if isinstance(number, int) or math.isfinite(number):
        return number
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def _append(path, point):
    line = (json.dumps(point) + "\n").encode("utf-8")
    # Opened each time: nothing to share with a child, and a file that was moved away is no trap.
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        size = os.fstat(fd).st_size
        # A disk that was full may have taken a part of a line; this one must not become a part of it.
        if size > 0 and os.pread(fd, 1, size - 1) != b"\n":
            line = b"\n" + line
        return os.write(fd, line) == len(line)
    finally:
        os.close(fd)


def _send(url, point):
    pid = os.getpid()
    waiting = _queues.get(pid)
    if waiting is None:
        mine = queue.Queue(_MOST_WAITING)
        waiting = _queues.setdefault(pid, mine)
        if waiting is mine:
            threading.Thread(target=_sender, args=(mine,), daemon=True).start()
            atexit.register(flush, 5.0)
    # Sent again after a lost answer, it must not be there twice.
    point["log_id"] = uuid.uuid4().hex
    try:
        waiting.put_nowait((url, point))
        return True
    except queue.Full:
        return False


def _sender(waiting):
    while True:
        url, point = waiting.get()
        points = [point]
        while len(points) < _MOST_AT_ONCE:
            try:
                points.append(waiting.get_nowait()[1])
            except queue.Empty:
                break
        pause = 0.5
        # No answer, or one that passes: a laptop that sleeps is there again in the morning.
        while _post(url, points) in (None, 408, 429, 500, 502, 503, 504):
            _time.sleep(pause)
            pause = min(60, 2 * pause)
        for _ in points:
            waiting.task_done()


def _post(url, points):
    headers = {"Content-Type": "application/json"}
    key = os.environ.get("DGX_METRICS_KEY")
    if key:
        headers["X-API-Key"] = key
    try:
        body = json.dumps({"points": points}).encode("utf-8")
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.getcode()
    except urllib.error.HTTPError as error:
        return error.code
    except Exception:
        return None
`
