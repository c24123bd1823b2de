// What each worker did during the last blocks that held transactions: a lane a worker, a span for each time at work.

import { blockLink, count, drawing, element, empty, figure, plural, time } from "./format.js";

const SHOWN_COUNT = 3;
const LANE_HEIGHT = 16;
const LANE_STEP = 22;
const LABEL_WIDTH = 28;

export function showTimelines(place, blocks) {
  const shown = blocks.filter((block) => block.workers.some((worker) => worker.executed)).slice(-SHOWN_COUNT).reverse();
  if (!shown.length) {
    return place.replaceChildren(empty("No worker has had anything to do yet. Send some transactions: ", "sealane bench node", " makes plenty."));
  }
  const key = shown.map((block) => block.number).join();
  if (place.dataset.key === `${key}@${place.clientWidth}`) return;
  place.dataset.key = `${key}@${place.clientWidth}`;
  place.replaceChildren(...shown.map((block) => timeline(block, place.clientWidth)));
}

function timeline(block, width) {
  const end = Math.max(block.executeUs, ...block.workers.flatMap((worker) => worker.spans.map((span) => span[1])), 0.001);
  const busy = block.workers.reduce((sum, worker) => sum + worker.busyUs, 0) / (end * block.workers.length);
  const about = `${plural(block.transactions, "transaction")} in ${time(end)}, workers ${figure(busy * 100)} % busy`;
  const head = element("div", { class: "head" }, element("h3", {}, blockLink(block.number, `Block ${count(block.number)}`)), element("p", { class: "aside" }, about));
  const height = block.workers.length * LANE_STEP;
  const lanes = drawing("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Block ${block.number}: ${describe(block)}` });
  const x = (micros) => LABEL_WIDTH + (micros / end) * (width - LABEL_WIDTH);
  block.workers.forEach((worker, index) => {
    const y = index * LANE_STEP;
    lanes.append(drawing("text", { x: 0, y: y + LANE_HEIGHT - 4 }, `${index + 1}`));
    lanes.append(drawing("rect", { class: "lane", x: LABEL_WIDTH, y, width: width - LABEL_WIDTH, height: LANE_HEIGHT, rx: 2 }));
    for (const [from, to, ran] of worker.spans) {
      const title = drawing("title", {}, `Worker ${index + 1}: ${plural(ran, "transaction")} in ${time(to - from)}`);
      lanes.append(drawing("rect", { class: "span", x: x(from), y, width: Math.max(1, x(to) - x(from)), height: LANE_HEIGHT, rx: 1 }, title));
    }
  });
  const box = element("div", { class: "lanes" }, lanes);
  box.style.height = `${height}px`;
  return element("div", { class: "timeline" }, head, box);
}

function describe(block) {
  return block.workers.map((worker, index) => `worker ${index + 1} ran ${plural(worker.executed, "transaction")} in ${time(worker.busyUs)}`).join(", ");
}
