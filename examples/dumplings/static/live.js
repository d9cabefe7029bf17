// The shop's event stream, shared by every tab of this browser.
//
// A browser opens at most six HTTP/1.1 connections to one server, and an event stream keeps one for ever: the seventh
// tab would hang. So the tabs elect one reader (a Web Lock: held by one tab, passed on when that tab closes) and the
// reader repeats what it hears to the others (a BroadcastChannel). Where either is missing, a tab reads for itself.

const lockName = 'dumplings.reader';
const channelName = 'dumplings.events';
const eventNames = ['board', 'order', 'called', 'stats'];

// The server sends its statistics at least every ten seconds; silence for longer than this means a dead connection.
const silenceMilliseconds = 25_000;
const longestPause = 15_000;

export class Live extends EventTarget {
  #source = null;
  #reader = false;
  #number = null;
  #channel = null;
  #state = 'connecting';
  #pause = 500;
  #retry = 0;
  #lastHeard = Date.now();
  #snapshot;

  // `snapshot()` gives the board as it now stands, or null; a reader sends it to a tab that has just opened.
  constructor(snapshot) {
    super();
    this.#snapshot = snapshot;
  }

  get state() { return this.#state; }

  start(number) {
    this.#number = number;
    setInterval(() => this.#checkSilence(), 5_000);
    addEventListener('online', () => this.reconnect());
    addEventListener('pagehide', () => this.#source?.close());
    addEventListener('pageshow', (event) => { if (event.persisted) this.reconnect(); });
    if (!navigator.locks || !window.BroadcastChannel) return this.#read();
    this.#channel = new BroadcastChannel(channelName);
    this.#channel.onmessage = ({ data }) => this.#hearTab(data);
    navigator.locks.request(lockName, () => {
      this.#read();
      return new Promise(() => {});  // held until this tab closes
    });
    this.#channel.postMessage({ ask: true });
  }

  // The customer's own number: the server then also sends its "called", even when it was called while nobody listened.
  watch(number) {
    this.#number = number;
    if (this.#reader) this.#connect();
  }

  reconnect() {
    if (this.#reader) this.#connect();
    else this.#channel?.postMessage({ again: true });
  }

  #read() {
    this.#reader = true;
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#lastHeard = Date.now();
    const source = new EventSource(this.#number === null ? '/events' : `/events?number=${this.#number}`);
    this.#source = source;
    source.onopen = () => {
      this.#pause = 500;
      this.#setState('open');
    };
    source.onerror = () => {
      this.#setState('lost');
      // The browser retries a broken connection by itself, but gives up for good on an HTTP error.
      if (source.readyState === EventSource.CLOSED && source === this.#source) {
        this.#retry = setTimeout(() => this.#connect(), this.#pause);
        this.#pause = Math.min(this.#pause * 2, longestPause);
      }
    };
    for (const name of eventNames) {
      source.addEventListener(name, ({ data }) => {
        this.#hear(name, JSON.parse(data));
        this.#channel?.postMessage({ name, data: JSON.parse(data) });
      });
    }
  }

  #hear(name, data) {
    this.#lastHeard = Date.now();
    this.dispatchEvent(new CustomEvent(name, { detail: data }));
  }

  #hearTab(message) {
    if (this.#reader) {
      if (message.again) this.#connect();
      if (message.ask) this.#channel.postMessage({ state: this.#state });
      if (message.ask && this.#snapshot()) this.#channel.postMessage({ name: 'board', data: this.#snapshot() });
      return;
    }
    if (message.state) this.#setState(message.state);
    if (message.name) this.#hear(message.name, message.data);
  }

  #setState(state) {
    if (this.#reader) this.#channel?.postMessage({ state });
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  // A phone that slept, or a reader tab that the browser has frozen, leaves a connection that looks open and says nothing.
  #checkSilence() {
    if (Date.now() - this.#lastHeard > silenceMilliseconds) this.#read();
  }
}
