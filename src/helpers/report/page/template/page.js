"use strict";
/* Tables sorted by their heads, and drawings as PNG. A page is whole without it: it only adds buttons. */
{
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const NUMBER = /^[+−-]?[\d,]*\.?\d+/;
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.append(...words);
    made.addEventListener("click", act);
    return made;
  };
  const number = text => parseFloat((NUMBER.exec(text) || [""])[0].replace("−", "-").replaceAll(",", ""));
  const period = text => { // the year and its part in which it begins
    let found = /^(?:the )?(?:(first|second) half of )?FY(\d\d)(?:-([HQ])(\d))?$/.exec(text);
    if (found) return 1999.25 + +found[2] + (found[1] === "second" ? 0.5 : 0) + ((found[4] || 1) - 1) / (found[3] === "Q" ? 4 : 2);
    if ((found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text))) return +found[1] + ((found[2] || 1) - 1) / 12 + ((found[3] || 1) - 1) / 372;
    if ((found = /^(?:(\d+) )?([A-Z][a-z]+)\b[^\d]*(\d{4})/.exec(text)) && MONTHS.includes(found[2])) return +found[3] + MONTHS.indexOf(found[2]) / 12 + ((found[1] || 1) - 1) / 372;
    return NaN;
  };
  const text = (row, place) => row.children[place].textContent.replace(/\s+/g, " ").trim().replace(/^(–|-)$/, "");

  for (const table of document.querySelectorAll("table.sorts")) {
    const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
    const sort = place => {
      const now = heads[place].getAttribute("aria-sort"), next = { ascending: "descending", descending: "" }[now] ?? "ascending";
      for (const head of heads) head.removeAttribute("aria-sort");
      if (next) heads[place].setAttribute("aria-sort", next);
      const said = rows.map(row => text(row, place)), full = said.filter(Boolean);
      const of = [period, number].find(read => full.every(one => !isNaN(read(one))));
      const keys = said.map(of || (one => one)), turn = next === "descending" ? -1 : 1;
      const compare = (a, b) => !said[a] - !said[b] || (said[a] && turn * (of ? keys[a] - keys[b] : keys[a].localeCompare(keys[b], "en", { numeric: true })));
      const order = [...rows.keys()];
      body.append(...(next ? order.sort(compare) : order).map(one => rows[one]));
    };
    heads.forEach((head, place) => head.classList.contains("notes") || head.append(button(head.childNodes, () => sort(place))));
  }

  for (const link of document.querySelectorAll(".take a[download$='.svg']")) {
    const draw = () => {
      const image = new Image(), canvas = document.createElement("canvas"), made = document.createElement("a");
      image.onload = () => {
        canvas.width = 2 * image.width;
        canvas.height = 2 * image.height;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        made.download = link.download.replace(/svg$/, "png");
        made.href = canvas.toDataURL("image/png");
        made.click();
      };
      image.src = link.href;
    };
    const words = link.cloneNode(true);
    words.firstChild.data = "PNG";
    link.after(" ", button(words.childNodes, draw));
  }
}
