"""Opens reports in a headless Chromium: chooses nodes, sorts tables, checks contrast, errors and requests.

Usage: report_test.py METAMOB EXAMPLES FOLDER. The standard library alone; chromedriver speaks the protocol of
the W3C. Screenshots and a printed page stay in FOLDER for the eye.
"""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ENTER, SPACE, TAB = "\ue007", "\ue00d", "\ue004"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """A session of Chromium by chromedriver."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        for _ in range(200):
            try:
                self.call("GET", "/status")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        options = {
            "binary": "/usr/bin/chromium",
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--window-size=1280,900", f"--user-data-dir={self.profile.name}",
            ],
        }
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = f"/session/{session['sessionId']}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:600]}") from error

    def run(self, script, *arguments):
        body = {"script": script, "args": list(arguments)}
        return self.call("POST", f"{self.session}/execute/sync", body)

    def devtools(self, command, **parameters):
        body = {"cmd": command, "params": parameters}
        return self.call("POST", f"{self.session}/goog/cdp/execute", body)

    def open(self, path, scheme="light"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.devtools("Emulation.setEmulatedMedia", features=features)
        url = "file://" + os.path.abspath(path)
        self.call("POST", f"{self.session}/url", {"url": url})

    def find(self, selector):
        body = {"using": "css selector", "value": selector}
        return self.call("POST", f"{self.session}/element", body)[ELEMENT]

    def click(self, selector):
        self.call("POST", f"{self.session}/element/{self.find(selector)}/click", {})

    def press(self, key):
        strokes = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        actions = [{"type": "key", "id": "keys", "actions": strokes}]
        self.call("POST", f"{self.session}/actions", {"actions": actions})

    def errors(self):
        entries = self.call("POST", f"{self.session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries]

    def screenshot(self, path, top=0, height=1600):
        clip = {"x": 0, "y": top, "width": 1280, "height": height, "scale": 1}
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def print(self, path):
        page = self.devtools("Page.printToPDF", printBackground=False)
        with open(path, "wb") as file:
            file.write(base64.b64decode(page["data"]))

    def end(self):
        try:
            self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()


# Text whose contrast with what is behind it is below 4.5 to 1. Text of figures stands on the page or on a box
# of the figure, of which the one with the least contrast counts.
CONTRAST = r"""
const luminance = (c) => {
  const v = c.slice(0, 3).map((x) => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
};
const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const parse = (text) => { const m = text.match(/[\d.]+/g); return m ? m.map(Number) : [0, 0, 0, 0]; };
const ground = (node) => {
  for (let e = node; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) { return c; }
  }
  return parse(getComputedStyle(document.documentElement).backgroundColor);
};
const boxes = Array.from(document.querySelectorAll("svg a rect")).map((r) => getComputedStyle(r).fill)
  .filter((f) => f !== "none").map(parse);
const found = [];
let seen = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const e = node.parentElement;
  if (!node.textContent.trim() || ["SCRIPT", "STYLE", "title", "desc"].includes(e.tagName)) { continue; }
  const style = getComputedStyle(e);
  if (style.display === "none" || style.visibility === "hidden") { continue; }
  const svg = e.namespaceURI.includes("svg");
  const color = parse(svg ? style.fill : style.color);
  const grounds = svg && e.closest("a") ? boxes.concat([ground(e.closest("svg").parentElement)])
    : [ground(svg ? e.closest("svg").parentElement : e)];
  seen += 1;
  const least = Math.min(...grounds.map((g) => ratio(color, g)));
  if (least < 4.5) { found.push([node.textContent.trim().slice(0, 40), least.toFixed(2), style.fill, style.color]); }
}
return [seen, found.slice(0, 10)];
"""

# Controls without a name, places that can be focused without one, and figures without a title.
NAMES = r"""
const named = (e) => (e.textContent || "").trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby");
const bad = [];
document.querySelectorAll("a, button, summary, [tabindex='0']").forEach((e) => { if (!named(e)) { bad.push(e.outerHTML.slice(0, 80)); } });
document.querySelectorAll("[role=img] a, [role=img] [tabindex]").forEach((e) => bad.push("inside an image: " + e.outerHTML.slice(0, 80)));
document.querySelectorAll("[aria-labelledby], [aria-describedby]").forEach((e) => {
  ["aria-labelledby", "aria-describedby"].forEach((name) => (e.getAttribute(name) || "").split(" ").filter((x) => x)
    .forEach((id) => { const t = document.getElementById(id); if (!t || !t.textContent.trim()) { bad.push(name + " " + id); } }));
});
return bad;
"""

failures = []


def check(is_right, what):
    if not is_right:
        failures.append(what)
        print(f"report: WRONG: {what}", file=sys.stderr)


def look(browser, page, name, folder):
    """What every report must have, by light and by dark."""
    for scheme in ["light", "dark"]:
        browser.open(page, scheme)
        browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        seen, found = browser.run(CONTRAST)
        check(seen > 100 and not found, f"{name}, {scheme}: contrast of {seen} texts: {found}")
        browser.screenshot(f"{folder}/{name}-{scheme}.png", top=1000)
    unnamed = browser.run(NAMES)
    check(not unnamed, f"{name}: without a name: {unnamed}")
    requests = browser.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    check(requests == [], f"{name}: the page asks for {requests}")
    sides = browser.run(
        "const e = document.documentElement; return [e.scrollWidth, e.clientWidth]"
    )
    check(sides[0] <= sides[1], f"{name}: the page is wider than the window: {sides}")
    browser.print(f"{folder}/{name}.pdf")
    check(os.path.getsize(f"{folder}/{name}.pdf") > 10_000, f"{name}: prints")


def nodes(browser, page):
    """A node by mouse, and one by keyboard."""
    browser.open(page)
    shown = "return Array.from(document.querySelectorAll('.node')).filter((n) => getComputedStyle(n).display !== 'none').map((n) => n.id)"
    check(len(browser.run(shown)) == 1, "one node is shown at first")
    browser.click("svg a[href='#node-metamob-si-bayes-2']")
    check(browser.run(shown) == ["node-metamob-si-bayes-2"], "a click shows the node")
    focus = browser.run("return document.activeElement.id")
    check(focus == "node-metamob-si-bayes-2-heading", f"the focus moves to the node: {focus}")
    text = browser.run("return document.querySelector('.node.chosen').innerText")
    check("Node 2 of the Bayes tree: rmdq_0 <= 11" in text, "the node's rule is shown")
    check("991" in text and "Tests of node 2" in text, "the node's size and tests are shown")
    browser.run("document.querySelector(\"svg a[href='#node-metamob-si-reml-9']\").focus()")
    browser.press(ENTER)
    check(browser.run(shown) == ["node-metamob-si-reml-9"], "Enter shows the node")
    links = browser.run(
        "return Array.from(document.querySelectorAll('svg a')).filter((a) => a.tabIndex >= 0).length"
    )
    check(links == 18, f"every node of both trees is reached by the keyboard: {links}")


def sorting(browser, page):
    """The table of trials by its second column, with the keyboard alone."""
    browser.open(page)
    table = "document.querySelector('#trials table')"
    column = f"return Array.from({table}.tBodies[0].rows).map((r) => Number(r.cells[1].textContent))"
    before = browser.run(column)
    browser.run(f"{table}.querySelectorAll('.titles button')[1].focus()")
    browser.press(ENTER)
    check(browser.run(column) == sorted(before) != before, "Enter sorts upwards")
    state = f"return {table}.querySelectorAll('.titles th')[1].getAttribute('aria-sort')"
    check(browser.run(state) == "ascending", "the order is told")
    browser.press(SPACE)
    check(browser.run(column) == sorted(before, reverse=True), "the space bar sorts downwards")
    check(browser.run(state) == "descending", "the other order is told")
    total = browser.run(f"return {table}.tBodies[1].rows[1].cells[1].textContent")
    check(total == str(sum(before)), "the sum stays where it is")
    browser.open(page)
    browser.press(TAB)
    first = browser.run("return document.activeElement.className")
    check(first == "skip", f"the first stop of the keyboard skips the contents: {first}")


def main():
    binary, examples, folder = (os.path.abspath(path) for path in sys.argv[1:4])
    os.makedirs(folder, exist_ok=True)

    def metamob(*arguments):
        subprocess.run([binary, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = f"{examples}/low-back-pain/data.csv"
    formula = "rmdq ~ treatment | trial | age + sex + rmdq_0"
    metamob(
        "compare", data, formula, "--benefit", "lower", "--mcid", "2", "--tree-draws", "5",
        "--out", "trees", "--force", "--quiet",
    )
    metamob(
        "compare", data, "rmdq ~ treatment | trial | sex", "--warmup", "200", "--draws", "200",
        "--max-depth", "1", "--allow-unconverged", "--out", "nothing", "--force", "--quiet",
    )
    names = {"rmdq_0": "<script>alert(1)</script>", "sex": 'se"x'}
    with open(data, encoding="utf-8") as source:
        lines = source.read().splitlines()
    header = [names.get(name, name) for name in lines[0].split(",")]
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in header)
    body = [re.sub(r",female,", ',"f""<img src=x onerror=alert(1)>",', line) for line in lines[1:]]
    with open(f"{folder}/odd.csv", "w", encoding="utf-8") as target:
        target.write("\n".join([quoted, *body]) + "\n")
    metamob(
        "compare", "odd.csv", 'rmdq ~ treatment | trial | `se"x` + `<script>alert(1)</script>`',
        "--warmup", "200", "--draws", "200", "--allow-unconverged", "--out", "odd", "--force",
        "--quiet",
    )
    short = ["--warmup", "150", "--draws", "150", "--allow-unconverged", "--force", "--quiet"]
    metamob(
        "compare", data, formula, "--method", "rp,mob-si,metamob-ri", "--out", "several", *short
    )
    metamob("fit", data, formula, "--sensitivity", "--out", "checks", *short)
    metamob(
        "stability", data, formula, "--estimator", "reml", "--replicates", "20", "--honest",
        "--out", "checks/stability", "--quiet",
    )
    walking = f"{examples}/walking-again/data.csv"
    walks = "walks ~ treatment | trial | age + sex + severity + side"
    metamob(
        "fit", walking, walks, "--method", "metamob-ri", "--correlated", "--out", "binary", *short
    )
    metamob(
        "fit", data, formula, "--method", "mob", "--estimator", "reml", "--out", "plain",
        "--force", "--quiet",
    )
    browser = Browser()
    try:
        for name in ["trees", "nothing", "odd", "several", "checks", "binary", "plain"]:
            metamob("report", name)
            page = f"{folder}/{name}/report.html"
            check(os.path.getsize(page) < 3_000_000, f"{name}: below 3 MB")
            look(browser, page, name, folder)
        browser.open(f"{folder}/checks/report.html")
        for kind in ["loo", "ppc", "sensitivity", "stability"]:
            figures = browser.run(f"return document.querySelectorAll('figure[id^=figure-{kind}-]').length")
            check(figures == 1, f"one figure of {kind} is shown: {figures}")
        nodes(browser, f"{folder}/trees/report.html")
        sorting(browser, f"{folder}/trees/report.html")
        browser.open(f"{folder}/odd/report.html")
        text = browser.run("return document.body.innerText")
        check("<script>alert(1)</script>" in text, "odd names are text")
        strange = browser.run("return document.querySelectorAll('img').length + document.scripts.length")
        check(strange == 1, f"odd names are no elements: {strange}")
        errors = browser.errors()
        check(errors == [], f"the console says {errors}")
    finally:
        browser.end()
    if failures:
        sys.exit(f"report: {len(failures)} checks have failed; pictures are in {folder}")
    print(f"report: opened, clicked, sorted and printed in Chromium; pictures are in {folder}")


main()
