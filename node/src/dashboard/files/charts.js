// The chart of blocks: bars of transactions, a line of batches, and a block that can be chosen by pointer or keyboard.

import { count, drawing, element, figure, plural, time } from "./format.js";

const SHOWN_COUNT = 75;
const LABEL_WIDTH = 44;

/** The next number of 1, 2 or 5 times a power of ten. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

export class BlocksChart {
  #blocks = [];
  #chosen = null;

  constructor(place, readout, open) {
    this.place = place;
    this.readout = readout;
    this.open = open;
    place.addEventListener("keydown", (event) => this.#key(event));
    place.addEventListener("pointermove", (event) => this.#choose(this.#at(event)));
    place.addEventListener("pointerleave", () => this.#choose(null));
    place.addEventListener("click", (event) => this.#openAt(this.#at(event)));
    place.addEventListener("blur", () => this.#choose(null));
    new ResizeObserver(() => this.#draw()).observe(place);
  }

  show(blocks) {
    this.#blocks = blocks.slice(-SHOWN_COUNT);
    this.#draw();
  }

  #step() {
    return (this.place.clientWidth - LABEL_WIDTH) / SHOWN_COUNT;
  }

  #at(event) {
    const offset = event.clientX - this.place.getBoundingClientRect().left - LABEL_WIDTH;
    const index = Math.floor(offset / this.#step()) - (SHOWN_COUNT - this.#blocks.length);
    return this.#blocks[index]?.number ?? null;
  }

  #key(event) {
    const numbers = this.#blocks.map((block) => block.number);
    const at = this.#chosen === null ? numbers.length : numbers.indexOf(this.#chosen);
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: numbers.length - 1 };
    if (event.key in moves) {
      event.preventDefault();
      this.#choose(numbers[Math.max(0, Math.min(numbers.length - 1, moves[event.key]))] ?? null);
      this.readout.setAttribute("aria-live", "polite");
    } else if (event.key === "Enter") {
      this.#openAt(this.#chosen);
    } else if (event.key === "Escape") {
      this.#choose(null);
    }
  }

  #openAt(number) {
    if (number !== null) this.open(String(number));
  }

  #choose(number) {
    if (number === this.#chosen) return;
    this.#chosen = number;
    if (number === null) this.readout.setAttribute("aria-live", "off");
    this.#draw();
  }

  #draw() {
    const [width, height] = [this.place.clientWidth, this.place.clientHeight];
    if (!width) return;
    const top = ceiling(Math.max(...this.#blocks.map((block) => Math.max(block.transactions, block.batches)), 1));
    const floor = height - 4;
    const y = (value) => floor - (value / top) * (floor - 10);
    const step = this.#step();
    const x = (index) => LABEL_WIDTH + (SHOWN_COUNT - this.#blocks.length + index) * step;
    const svg = drawing("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    for (const value of top === 1 ? [0, 1] : [0, top / 2, top]) {
      svg.append(drawing("line", { class: "grid", x1: LABEL_WIDTH, x2: width, y1: y(value), y2: y(value) }));
      svg.append(drawing("text", { x: LABEL_WIDTH - 8, y: y(value) + 4, "text-anchor": "end" }, figure(value)));
    }
    const bar = (kind, index, from, to) =>
      svg.append(drawing("rect", { class: kind, x: x(index) + step * 0.14, width: step * 0.72, y: y(to), height: Math.max(0, y(from) - y(to)), rx: Math.min(1.5, step * 0.2) }));
    const points = [];
    this.#blocks.forEach((block, index) => {
      if (block.number === this.#chosen) svg.append(drawing("rect", { class: "chosen", x: x(index), width: step, y: 0, height }));
      if (block.transactions === 0) return void svg.append(drawing("rect", { class: "bar empty", x: x(index) + step * 0.14, width: step * 0.72, y: floor - 2, height: 2 }));
      bar("bar failed", index, 0, block.failed);
      bar("bar", index, block.failed, block.transactions);
      points.push(`${points.length && this.#blocks[index - 1]?.transactions ? "L" : "M"}${x(index) + step / 2} ${y(block.batches)}`);
      if (!this.#blocks[index + 1]?.transactions) points.push(`h0.01`);
    });
    svg.append(drawing("path", { class: "batches", d: points.join("") || "M0 0" }));
    this.place.replaceChildren(svg);
    this.#tell();
  }

  #tell() {
    const block = this.#blocks.find((block) => block.number === this.#chosen) ?? this.#blocks.at(-1);
    if (!block) return;
    const told = [element("b", {}, `Block ${count(block.number)}`), ` · ${plural(block.transactions, "transaction")}`];
    if (block.failed) told.push(`, ${count(block.failed)} failed`);
    if (block.transactions) {
      told.push(` · ${plural(block.batches, "batch", "batches")}, ${figure(block.parallelism)}× parallel`);
      told.push(` · executed in ${time(block.tookUs)}, durable ${time(block.committedAfterUs)} later`);
    }
    this.readout.replaceChildren(...told);
  }
}
