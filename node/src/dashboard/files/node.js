// The connection to the node: JSON-RPC over one WebSocket, opened again when it is lost; figures over GET.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
const ANSWER_TIMEOUT_MS = 15000;
/** The node makes empty blocks while somebody looks; without any for so long, the connection is taken for dead. */
const SILENCE_MS = 30000;

export class Node extends EventTarget {
  #socket = null;
  #waiting = new Map();
  #lastId = 0;
  #pause = FIRST_PAUSE_MS;
  #timer = 0;
  #heard = 0;

  constructor() {
    super();
    setInterval(() => this.#look(), 1000);
    addEventListener("online", () => this.connect());
  }

  /** Opens the connection now, if it is not open. */
  connect() {
    clearTimeout(this.#timer);
    if (this.#socket) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`);
    this.#socket = socket;
    this.#heard = Date.now();
    socket.onopen = () => this.#begin();
    socket.onmessage = (message) => this.#hear(JSON.parse(message.data));
    socket.onclose = () => this.#lose(socket);
  }

  /** Calls a method; the promise fails with the node's message. */
  call(method, params = []) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("not connected to the node"));
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error("the node did not answer in time"));
      }, ANSWER_TIMEOUT_MS);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** The figures of blocks after that number, and of now. */
  async state(after) {
    const answer = await fetch(`/dashboard/state${after === null ? "" : `?after=${after}`}`);
    if (!answer.ok) throw new Error(`the node answered ${answer.status}`);
    return answer.json();
  }

  async #begin() {
    try {
      await this.call("slotSubscribe");
      this.#pause = FIRST_PAUSE_MS;
      this.dispatchEvent(new Event("live"));
    } catch {
      this.#socket?.close();
    }
  }

  #hear(message) {
    this.#heard = Date.now();
    if (message.method) return void this.dispatchEvent(new Event("block"));
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }

  #lose(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Error("the connection to the node was lost"));
    }
    this.#waiting.clear();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), this.#pause);
    this.dispatchEvent(new CustomEvent("lost", { detail: this.#pause }));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  #look() {
    if (this.#socket && Date.now() - this.#heard > SILENCE_MS) {
      const socket = this.#socket;
      socket.close();
      this.#lose(socket);
    }
  }
}
