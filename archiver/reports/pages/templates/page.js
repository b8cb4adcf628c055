"use strict";
// The boards of this page over time: a slider for the date, a search, and columns to sort by. Everything is
// written as text, never as markup: names come from strangers.
(() => {
  const { words, boards } = JSON.parse(document.getElementById("data").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const ABSENT = -1;

  // The value that a flat list [from, value, from, value, …] has at a snapshot.
  const at = (steps, shot) => {
    let low = 0;
    let high = steps.length / 2 - 1;
    let found = null;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (steps[2 * middle] <= shot) {
        found = steps[2 * middle + 1];
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return found;
  };

  for (const [index, board] of boards.entries()) {
    const root = document.getElementById(`board-${index}`);
    const find = (name) => root.querySelector(`[data-is="${name}"]`);
    const slider = find("slider");
    const shown = find("shown");
    const search = find("search");
    const status = find("status");
    const [earlier, later] = [find("earlier"), find("later")];
    const body = find("table").tBodies[0];
    const heads = [...find("table").tHead.rows[0].cells];
    const names = board.columns;
    const folded = board.models.map(([name, maker]) => `${name}\n${maker}`.toLowerCase());
    const number = (value) => {
      const text = (value / 10 ** board.digits).toFixed(board.digits);
      return text.replace(".", words.point);
    };
    const figure = (name, model, shot) => (board[name] ? at(board[name][model], shot) : null);
    let sorted = { name: "rank", down: false };

    const read = (shot) => {
      const rows = [];
      for (let model = 0; model < board.models.length; model += 1) {
        const rank = at(board.rank[model], shot);
        if (rank === null || rank === ABSENT) continue;
        const before = shot > 0 ? at(board.rank[model], shot - 1) : null;
        const listed = before !== null && before !== ABSENT;
        rows.push({
          id: model,
          rank: rank || null,
          change: listed && before && rank ? before - rank : null,
          fresh: shot > 0 && !listed && board.shots[shot - 1][2] === 1, // an excerpt proves no absence
          model: board.models[model][0],
          organization: board.models[model][1],
          watched: board.models[model][3],
          score: figure("score", model, shot),
          above: figure("above", model, shot),
          below: figure("below", model, shot),
          best: figure("best", model, shot),
          worst: figure("worst", model, shot),
        });
      }
      return rows;
    };

    const texts = {
      rank: (row) => (row.rank === null ? "–" : String(row.rank)),
      change: (row) => {
        if (row.fresh) return words.new;
        return row.change ? fill(row.change > 0 ? words.up : words.down, { places: Math.abs(row.change) }) : "";
      },
      model: (row) => row.model,
      organization: (row) => row.organization,
      score: (row) => (row.score === null ? "" : number(row.score)),
      interval: (row) => {
        if (row.above === null || row.below === null) return "";
        const [above, below] = [number(row.above), number(row.below)];
        return above === below ? `±${above}` : `+${above} −${below}`;
      },
      spread: (row) =>
        row.best === null && row.worst === null ? "" : `${row.best ?? "?"}–${row.worst ?? "?"}`,
    };
    const keys = {
      ...texts,
      rank: (row) => row.rank,
      change: (row) => (row.fresh ? null : (row.change ?? 0)),
      score: (row) => row.score,
      interval: (row) => row.above,
      spread: (row) => row.best,
    };

    const compare = (one, other) => {
      const [a, b] = [keys[sorted.name](one), keys[sorted.name](other)];
      if (a === null || b === null) return (a === null) - (b === null);
      const way = typeof a === "string" ? a.localeCompare(b, document.documentElement.lang) : a - b;
      return sorted.down ? -way : way;
    };
    const standing = (one, other) =>
      (one.rank ?? 1e9) - (other.rank ?? 1e9) || (one.model < other.model ? -1 : one.model > other.model ? 1 : 0);

    const written = (row) => {
      const line = document.createElement("tr");
      if (row.watched) line.className = "w";
      for (const name of names) {
        const cell = document.createElement("td");
        const text = texts[name](row);
        if (board.numbers.includes(name)) cell.className = "n";
        if (name === "model" && row.watched) {
          const mark = document.createElement("span");
          mark.className = `key k${row.watched}`;
          cell.append(mark, text);
        } else if (name === "change" && text) {
          const mark = document.createElement("span");
          mark.className = row.fresh ? "new" : row.change > 0 ? "up" : "down";
          mark.textContent = row.fresh ? text : String(Math.abs(row.change));
          if (!row.fresh) {
            mark.setAttribute("role", "img"); // beside the figure an arrow is seen: its words are read aloud
            mark.setAttribute("aria-label", text);
          }
          cell.append(mark);
        } else {
          cell.textContent = text;
        }
        line.append(cell);
      }
      return line;
    };

    const draw = () => {
      const shot = Number(slider.value);
      const [date, , whole] = board.shots[shot];
      const rows = read(shot).sort(standing);
      const wanted = search.value.trim().toLowerCase();
      const found = wanted ? rows.filter((row) => folded[row.id].includes(wanted)) : rows;
      found.sort(compare);
      const all = document.createDocumentFragment();
      for (const row of found) all.append(written(row));
      if (!found.length) {
        const cell = document.createElement("td");
        cell.colSpan = names.length;
        cell.textContent = words.unlisted;
        const line = document.createElement("tr");
        line.append(cell);
        all.append(line);
      }
      body.replaceChildren(all);
      shown.textContent = date;
      slider.setAttribute("aria-valuetext", date);
      earlier.disabled = shot === 0;
      later.disabled = shot === board.shots.length - 1;
      status.textContent = fill(whole ? words.status : words.status_excerpt, {
        date,
        shown: found.length,
        total: rows.length,
      });
      for (const [column, head] of heads.entries()) {
        if (names[column] === sorted.name) {
          head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
        } else {
          head.removeAttribute("aria-sort");
        }
      }
    };

    const step = (by) => {
      slider.value = String(Number(slider.value) + by);
      draw();
    };
    let waiting = 0;
    const soon = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(draw);
    };
    slider.addEventListener("input", soon);
    search.addEventListener("input", soon);
    earlier.addEventListener("click", () => step(-1));
    later.addEventListener("click", () => step(1));
    for (const [column, head] of heads.entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => {
        const name = names[column];
        const down = ["score", "change"].includes(name);
        sorted = sorted.name === name ? { name, down: !sorted.down } : { name, down };
        draw();
      });
      head.replaceChildren(button);
    }
    find("controls").hidden = false;
    draw();
  }
})();
