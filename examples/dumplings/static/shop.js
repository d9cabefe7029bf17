// The shop as the event stream tells it: one full "board", then "order" by "order".

// The server's counter holds a dozen numbers; so does this one.
const counterLength = 12;

export class Shop {
  shift = null;
  cooks = 0;
  waiting = [];
  cooking = new Map();  // cook -> {number, seconds, until}; `until` in this page's milliseconds
  ready = [];           // the newest first

  open(board) {
    this.shift = board.shift;
    this.cooks = board.cooks;
    this.waiting = [...board.waiting];
    this.ready = [...board.ready];
    this.cooking = new Map(board.cooking.map(({ cook, number, seconds, left }) =>
      [cook, { number, seconds, until: performance.now() + left * 1000 }]));
  }

  move({ number, status, cook, seconds }) {
    this.waiting = this.waiting.filter((other) => other !== number);
    for (const [at, job] of this.cooking) if (job.number === number) this.cooking.delete(at);
    if (status === 'waiting') this.waiting.push(number);
    if (status === 'cooking') this.cooking.set(cook, { number, seconds, until: performance.now() + seconds * 1000 });
    if (status === 'ready') this.ready = [number, ...this.ready.filter((other) => other !== number)].slice(0, counterLength);
  }

  // The "board" that would bring another page to where this one stands; null before the first.
  snapshot() {
    if (this.shift === null) return null;
    const now = performance.now();
    const cooking = [...this.cooking].map(([cook, { number, seconds, until }]) =>
      ({ cook, number, seconds, left: Math.max(0, (until - now) / 1000) }));
    return { shift: this.shift, cooks: this.cooks, waiting: this.waiting, cooking, ready: this.ready };
  }

  // Where a number stands, or null when the board does not show it.
  find(number) {
    const ahead = this.waiting.indexOf(number);
    if (ahead >= 0) return { status: 'waiting', ahead };
    for (const [cook, job] of this.cooking) if (job.number === number) return { status: 'cooking', cook };
    return this.ready.includes(number) ? { status: 'ready' } : null;
  }
}
