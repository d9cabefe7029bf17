"""JSON documents read and written by krait, CPython's json, orjson and nlohmann/json.

The documents are made here, the same every time: `statuses` resembles what a social network's API answers (many short
texts, a third of them not ASCII, nested objects), `coordinates` a map's outlines (floats of 15 to 17 digits),
`measures` a table of ints and short decimals.
"""

import json
import random
import subprocess
import sys
import time

SECONDS = 0.4  # of CPU time, for one figure
PEERS = ["krait", "json", "orjson", "nlohmann"]
WORKS = {"loads": "read", "structs": "read into structs", "dumps": "write", "dumps_ascii": "write, ASCII only"}
# Only these are of one shape.
STRUCTS = ["measures"]
# Who cannot: orjson writes UTF-8 and nothing else.
LACKING = {"dumps_ascii": ["orjson"]}
GOALS = {"*": {"json": 5, "orjson": 1}}

SCRIPTS = ["abcdefghijklmnopqrstuvwxyz", "あいうえおかきくけこさしすせそたちつてとなにぬねの日本語", "абвгдежзийклмнопрстуфхцчшщ"]


def words(rng, count):
    letters = rng.choices(SCRIPTS, (6, 3, 1))[0]
    return " ".join("".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(count))


def user(rng):
    name = words(rng, 2)
    number = rng.randrange(10**6, 3 * 10**9)
    return {
        "id": number, "id_str": str(number), "name": name, "screen_name": "".join(rng.choices("abcdefghij_", k=10)),
        "location": words(rng, 1), "description": words(rng, rng.randint(3, 20)), "url": None, "protected": False,
        "entities": {"description": {"urls": []}}, "followers_count": rng.randrange(10**4),
        "friends_count": rng.randrange(2000), "listed_count": rng.randrange(50),
        "created_at": "Wed May 23 10:01:13 +0000 2012", "favourites_count": rng.randrange(10**4), "utc_offset": None,
        "time_zone": None, "geo_enabled": rng.random() < .3, "verified": False, "statuses_count": rng.randrange(10**5),
        "lang": "ja", "contributors_enabled": False, "is_translator": False, "profile_background_color": "C0DEED",
        "profile_background_image_url": "http://abs.example.com/images/themes/theme1/bg.png",
        "profile_image_url": f"http://pbs.example.com/profile_images/{number}/x_normal.jpeg",
        "profile_link_color": "0084B4", "profile_sidebar_border_color": "C0DEED", "profile_text_color": "333333",
        "profile_use_background_image": True, "default_profile": True, "following": False, "notifications": False,
    }


def status(rng):
    number = rng.randrange(10**17, 6 * 10**17)
    text = words(rng, rng.randint(5, 20))
    return {
        "metadata": {"result_type": "recent", "iso_language_code": "ja"}, "created_at": "Sun Aug 31 00:29:15 +0000 2014",
        "id": number, "id_str": str(number), "text": f'@{words(rng, 1)} {text}\n"{words(rng, 2)}"',
        "source": "<a href=\"http://example.com/download/iphone\" rel=\"nofollow\">Example for iPhone</a>",
        "truncated": False, "in_reply_to_status_id": None, "in_reply_to_user_id": rng.randrange(10**9),
        "user": user(rng), "geo": None, "coordinates": None, "place": None, "contributors": None,
        "retweet_count": rng.randrange(100), "favorite_count": rng.randrange(100),
        "entities": {
            "hashtags": [{"text": words(rng, 1), "indices": [1, 9]} for _ in range(rng.randrange(3))], "symbols": [],
            "urls": [], "user_mentions": [{
                "screen_name": "".join(rng.choices("abcdefghij", k=8)), "name": words(rng, 1), "id": rng.randrange(10**9),
                "indices": [rng.randrange(9), rng.randrange(9, 30)]} for _ in range(rng.randrange(3))]},
        "favorited": False, "retweeted": rng.random() < .1, "lang": "ja",
    }


def documents():
    rng = random.Random(20130721)
    statuses = {"statuses": [status(rng) for _ in range(450)], "search_metadata": {"completed_in": 0.087, "count": 450}}
    outlines = [[[rng.uniform(-141, -52), rng.uniform(41, 84)] for _ in range(rng.randint(20, 400))] for _ in range(280)]
    coordinates = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "Canada"}, "geometry": {"type": "Polygon", "coordinates": outlines}}]}
    measures = [{"id": i, "at": 1700000000 + i, "price": round(rng.uniform(0, 1000), 2), "rate": round(rng.random(), 4),
                 "counts": [rng.randrange(-10**6, 10**6) for _ in range(6)], "ok": rng.random() < .5} for i in range(9000)]
    return {"statuses": statuses, "coordinates": coordinates, "measures": measures}


def write_documents(folder):
    """{name: path}; the texts are compact and in UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, value in documents().items():
        paths[name] = folder / f"{name}.json"
        paths[name].write_bytes(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    return paths


def run(rounds):
    from bench import peers

    paths = write_documents(peers.MADE / "documents")
    program, python = peers.built("bench/documents"), peers.python()
    core = peers.last_core()

    def measure(peer, path, work):
        if peer in ("krait", "nlohmann"):
            command = [program, path, peer, work, SECONDS]
        else:
            command = [python, __file__, path, peer, work]
        done = subprocess.run(peers.pinned(core, *command), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["ns"] / 1e3

    rows = []
    for name, path in paths.items():
        for work, label in WORKS.items():
            if work == "structs" and name not in STRUCTS:
                continue
            rows.append({"case": f"{label}: {name}, {path.stat().st_size / 1e6:.1f} MB", "unit": "us", "path": path, "work": work})
    for number in range(rounds):
        for row in rows:
            names = [peer for peer in PEERS if peer not in LACKING.get(row["work"], [])]
            first = number % len(names)
            for peer in names[first:] + names[:first]:
                row.setdefault(peer, []).append(measure(peer, row["path"], row["work"]))
        peers.say(f"documents: round {number + 1}/{rounds}")
    return [{key: value for key, value in row.items() if key not in ("path", "work")} for row in rows]


def measure_here(path, peer, work):
    """The CPU time of one loads or dumps, within this process. There are no structs: they are dicts."""
    reads = work in ("loads", "structs")
    with open(path, "rb") as file:
        text = file.read()
    if peer == "orjson":
        import orjson
        one = orjson.loads if reads else orjson.dumps
    elif reads:
        one = json.loads
        text = text.decode()  # bytes cost json a copy more
    elif work == "dumps_ascii":
        one = json.dumps
    else:
        # A prepared encoder: json.dumps with arguments makes one each time.
        one = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    subject = text if reads else json.loads(text)
    for _ in range(2):
        one(subject)
    begin = time.process_time_ns()
    times = 0
    while (spent := time.process_time_ns() - begin) < SECONDS * 1e9:
        one(subject)
        times += 1
    print(json.dumps({"ns": spent / times}))


if __name__ == "__main__":
    measure_here(*sys.argv[1:])
