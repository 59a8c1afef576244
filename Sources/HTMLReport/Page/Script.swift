extension ReportPage {
  /// The script: chooses a node of a tree, and sorts tables.
  ///
  /// Without it all nodes are shown, and tables stand in their order. No text of the data is in it.
  static let script = """
    "use strict";
    (function () {
      const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
      const say = (text) => { document.getElementById("said").textContent = text; };

      const panels = all(".node");
      const target = (link) => (link.getAttribute("href") || "").slice(1);
      const links = all("svg a").filter((link) => panels.some((panel) => panel.id === target(link)));
      const choose = (id, moves) => {
        const panel = panels.find((one) => one.id === id);
        if (!panel) { return; }
        panels.forEach((one) => one.classList.toggle("chosen", one === panel));
        links.forEach((link) => {
          const isChosen = target(link) === id;
          link.classList.toggle("chosen", isChosen);
          if (isChosen) { link.setAttribute("aria-current", "true"); }
          else { link.removeAttribute("aria-current"); }
        });
        if (moves) {
          const heading = panel.querySelector("h3, h4");
          heading.focus();
          say(heading.textContent);
        }
      };
      if (links.length) {
        document.documentElement.classList.add("scripted");
        links.forEach((link) => link.addEventListener("click", (event) => {
          event.preventDefault();
          choose(target(link), true);
        }));
        const asked = location.hash.slice(1);
        choose(panels.some((panel) => panel.id === asked) ? asked : target(links[0]), false);
        window.addEventListener("hashchange", () => choose(location.hash.slice(1), true));
      }

      const number = (text) => {
        const found = text.replace(/\\u2212/g, "-").match(/-?\\d+(\\.\\d+)?(e[+-]?\\d+)?|-?\\u221e/);
        if (!found) { return null; }
        return found[0].endsWith("\\u221e")
          ? (found[0].startsWith("-") ? -Infinity : Infinity) : parseFloat(found[0]);
      };
      const collator = new Intl.Collator("en", { numeric: true });
      const before = (a, b, column) => {
        const [x, y] = [a, b].map((row) => row.cells[column] ? row.cells[column].textContent : "");
        if (column === 0) { return collator.compare(x, y); }
        const [p, q] = [number(x), number(y)];
        if (p === null) { return q === null ? collator.compare(x, y) : 1; }
        return q === null ? -1 : p === q ? 0 : p - q;
      };
      const sort = (table, head, column) => {
        const falls = head.getAttribute("aria-sort") === "ascending";
        all(".titles th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
        Array.from(table.tBodies).forEach((body) => {
          const rows = Array.from(body.rows).filter((row) => !row.classList.contains("section"));
          rows.sort((a, b) => (falls ? -1 : 1) * before(a, b, column));
          rows.forEach((row) => body.appendChild(row));
        });
        say("sorted by " + head.textContent + ", " + head.getAttribute("aria-sort"));
      };
      all("table").forEach((table) => {
        const rows = Array.from(table.tBodies).map((body) => body.rows.length);
        if (Math.max(0, ...rows) === 1) { return; }
        all(".titles th", table).forEach((head, column) => {
          if (!head.textContent) { return; }
          const button = document.createElement("button");
          button.type = "button";
          button.append(...head.childNodes);
          head.append(button);
          button.addEventListener("click", () => sort(table, head, column));
        });
      });
    })();

    """
}
