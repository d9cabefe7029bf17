// The customer's number: kept by the tab, followed on the board, celebrated once when it is called.

import { element } from './board.js';
import { money, named, onLanguage, t, ticketNumber } from './words.js';

const storageKey = 'dumplings.ticket';
const $ = (id) => document.getElementById(id);

function stored() {
  try { return JSON.parse(sessionStorage.getItem(storageKey)); } catch { return null; }
}

export class Ticket extends EventTarget {
  #order;
  #shop = { en: '', zh: '' };
  #held = stored();  // {number, shift, name, lines, total, status, ahead, cook, celebrated}

  constructor(order) {
    super();
    this.#order = order;
    onLanguage(() => this.#show());
    $('again').addEventListener('click', () => this.#giveBack());
  }

  get number() { return this.#held?.number ?? null; }

  open(menu) {
    this.#shop = menu.shop;
    this.#show();
  }

  take(order) {
    this.#held = { ...order, celebrated: false };
    this.#keep();
    this.#show();
    this.#announce(t('got_number', order) + ' ' + this.#status());
    scrollTo({ top: 0 });
    $('ticket-title').focus({ preventScroll: true });
  }

  // Follows the board. A number that the board no longer shows is asked for by itself.
  async follow(shop) {
    if (!this.#held || shop.shift === null || this.#held.status === 'lost' || this.#held.status === 'ready') return;
    if (this.#held.shift !== shop.shift) return this.#become({ status: 'lost' });
    const { number } = this.#held;
    const found = shop.find(number);
    if (found) return this.#become(found);
    const reply = await fetch(`/orders/${number}`).catch(() => null);
    if (this.number !== number || !reply) return;
    if (reply.status === 404) return this.#become({ status: 'lost' });
    if (!reply.ok) return;
    const { status, ahead, cook, shift } = await reply.json();
    this.#become(shift === this.#held?.shift ? { status, ahead, cook } : { status: 'lost' });
  }

  called(number) {
    // After a restart of the shop the same number is somebody else's.
    if (number === this.number && this.#held.status !== 'lost') this.#become({ status: 'ready' });
  }

  #become(now) {
    const { status, ahead } = this.#held;
    // Ready is the end; a late answer about an earlier state changes nothing.
    if (status === 'ready') return;
    Object.assign(this.#held, now);
    if (status === now.status && ahead === now.ahead) return;
    if (now.status === 'ready' && !this.#held.celebrated) this.#celebrate();
    else if (status !== now.status) this.#announce(this.#status());
    this.#keep();
    this.#show();
  }

  #celebrate() {
    this.#held.celebrated = true;
    $('call').textContent = t('called', this.#held);
    $('ticket').classList.add('celebrate');
    // A browser refuses to vibrate, and complains, before the reader has touched the page.
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([160, 80, 160]);
    scrollTo({ top: 0 });
  }

  #giveBack() {
    this.#held = null;
    this.#keep();
    $('ticket').classList.remove('celebrate');
    $('call').textContent = '';
    this.#show();
    this.dispatchEvent(new Event('returned'));
    $('menu').focus({ preventScroll: true });
    $('menu').scrollIntoView({ block: 'nearest' });
  }

  #keep() {
    try {
      if (this.#held) sessionStorage.setItem(storageKey, JSON.stringify(this.#held));
      else sessionStorage.removeItem(storageKey);
    } catch { /* without storage the number lives as long as the page */ }
  }

  #announce(text) { $('announce').textContent = text; }

  #status() {
    const { status } = this.#held;
    if (status === 'waiting') return t('ahead', this.#held);
    if (status === 'cooking') return t('cooking', this.#held);
    return t(status === 'ready' ? 'ready' : 'lost_ticket');
  }

  #show() {
    const held = this.#held;
    document.body.dataset.ticket = held?.status ?? 'none';
    $('ticket').hidden = !held;
    $('docket').hidden = Boolean(held);
    const shop = named(this.#shop);
    document.title = held && held.status !== 'lost' ? t(`title_${held.status}`, { number: held.number, shop }) : `${this.#shop.zh} · ${this.#shop.en}`;
    if (!held) return;
    $('ticket-number').textContent = ticketNumber(held.number);
    $('ticket-number').classList.toggle('long', held.number > 999);
    $('ticket-status').textContent = this.#status();
    $('ticket-name').textContent = held.name;
    $('ticket-total').textContent = money(held.total);
    $('ticket-lines').replaceChildren(...this.#order.describe(held.lines).map(({ name, qty }) =>
      element('li', {}, element('span', {}, name), element('span', {}, `× ${qty}`))));
    $('again').hidden = held.status !== 'ready' && held.status !== 'lost';
    this.#showSteps(held.status);
  }

  #showSteps(status) {
    const steps = [...$('ticket-steps').children];
    const reached = steps.findIndex((step) => step.dataset.step === status);
    steps.forEach((step, index) => {
      step.classList.toggle('done', index < reached);
      if (index === reached) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    });
  }
}
