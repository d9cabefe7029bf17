// The menu with its steppers, the order slip, and what the server answers to it.

import { drawing, element } from './board.js';
import { money, named, onLanguage, t } from './words.js';

const $ = (id) => document.getElementById(id);

// A dish's picture: the drawing and the colour of its dough.
const pictures = {
  'jiaozi': ['jiaozi', ''], 'jiaozi-green': ['jiaozi', 'dough-green'], 'jiaozi-pink': ['jiaozi', 'dough-pink'],
  'jiaozi-orange': ['jiaozi', 'dough-orange'], 'bao': ['bao', ''], 'bao-green': ['bao', 'dough-green'],
  'guotie': ['guotie', ''], 'xiaolong': ['xiaolong', ''],
};

export class Order extends EventTarget {
  #dishes = [];
  #quantities = new Map();
  #most = 20;
  #sending = false;
  #errors = () => {};  // says the present errors again, after a change of language

  constructor() {
    super();
    onLanguage(() => { this.#showMenu(); this.#showSlip(); this.#errors(); });
    $('docket').addEventListener('submit', (event) => { event.preventDefault(); this.#send(); });
    $('name').addEventListener('input', () => this.#clearError($('name'), $('name-error')));
    const seen = new IntersectionObserver(([entry]) => {
      this.slipSeen = entry.isIntersecting;
      this.#showBasket();
    }, { rootMargin: '0px 0px -80px' });
    seen.observe($('docket'));
  }

  open(menu) {
    this.#dishes = menu.dishes;
    this.#most = menu.max_quantity;
    $('shop-zh').textContent = menu.shop.zh;
    $('shop-en').textContent = menu.shop.en;
    this.#showMenu();
    this.#showSlip();
  }

  // The order's lines with their dishes' names, in the reader's language.
  describe(lines) {
    return lines.map(({ dish, qty }) => ({ qty, name: named(this.#dishes.find(({ id }) => id === dish) ?? { en: dish, zh: dish }) }));
  }

  reset() {
    this.#quantities.clear();
    this.#clearErrors();
    this.#showMenu();
    this.#showSlip();
  }

  // ---- the menu ----

  #showMenu() {
    const focused = document.activeElement?.dataset?.step;
    $('dishes').replaceChildren(...this.#dishes.map((dish) => this.#dishItem(dish)));
    $('dishes').toggleAttribute('aria-busy', this.#dishes.length === 0);
    if (focused) document.querySelector(`[data-step="${focused}"]`)?.focus();
  }

  #dishItem(dish) {
    const [symbol, dough] = pictures[dish.shape] ?? pictures.jiaozi;
    const quantity = this.#quantities.get(dish.id) ?? 0;
    const error = `error-${dish.id}`;
    return element('li', { class: 'dish', 'data-dish': dish.id, 'data-qty': quantity },
      drawing(symbol, '0 0 100 72', `dish-art ${dough}`),
      element('p', { class: 'names' }, element('span', { lang: 'zh-CN' }, dish.zh), element('span', { lang: 'en' }, dish.en)),
      element('p', { class: 'portion' }, named(dish, 'portion_')),
      element('p', { class: 'price' }, money(dish.price)),
      this.#stepper(dish, quantity, error),
      element('p', { class: 'field-error', id: error, role: 'alert', hidden: '' }));
  }

  #stepper(dish, quantity, error) {
    const say = { dish: named(dish) };
    const less = element('button', { type: 'button', 'aria-label': t('less', say), 'data-step': `${dish.id}-less` }, element('span', {}, '−'));
    const more = element('button', { type: 'button', 'aria-label': t('plus', say), 'data-step': `${dish.id}-more` }, element('span', {}, '+'));
    const input = element('input', { type: 'number', inputmode: 'numeric', min: 0, max: this.#most, step: 1, value: quantity,
      'aria-label': t('quantity', say), 'aria-describedby': error, 'data-step': `${dish.id}-quantity` });
    less.addEventListener('click', () => this.#choose(dish.id, (this.#quantities.get(dish.id) ?? 0) - 1));
    more.addEventListener('click', () => this.#choose(dish.id, (this.#quantities.get(dish.id) ?? 0) + 1));
    input.addEventListener('change', () => this.#choose(dish.id, Number.parseInt(input.value, 10) || 0));
    more.disabled = quantity >= this.#most;
    return element('div', { class: 'stepper', role: 'group', 'aria-label': named(dish) }, less, input, more);
  }

  #choose(id, wanted) {
    const quantity = Math.max(0, Math.min(this.#most, wanted));
    if (quantity === 0) this.#quantities.delete(id);
    else this.#quantities.set(id, quantity);
    const item = document.querySelector(`.dish[data-dish="${CSS.escape(id)}"]`);
    const [less, more] = item.querySelectorAll('button');
    // The focus must not vanish with the button that is about to hide.
    if (quantity === 0 && item.contains(document.activeElement)) more.focus();
    item.dataset.qty = quantity;
    item.querySelector('input').value = quantity;
    less.disabled = quantity === 0;
    more.disabled = quantity >= this.#most;
    this.#clearError(item.querySelector('input'), item.querySelector('.field-error'));
    this.#showSlip();
  }

  // ---- the slip ----

  #lines() {
    return this.#dishes.filter(({ id }) => this.#quantities.has(id)).map(({ id }) => ({ dish: id, qty: this.#quantities.get(id) }));
  }

  #total() {
    return this.#dishes.reduce((sum, { id, price }) => sum + price * (this.#quantities.get(id) ?? 0), 0);
  }

  #showSlip() {
    const lines = this.#lines();
    $('docket-lines').replaceChildren(...lines.map(({ dish: id, qty }) => {
      const dish = this.#dishes.find((other) => other.id === id);
      return element('li', {}, element('span', {}, named(dish)), element('span', {}, `× ${qty}`), element('span', {}, money(dish.price * qty)));
    }));
    $('docket-empty').hidden = lines.length > 0;
    $('total').textContent = money(this.#total());
    if (lines.length > 0) $('form-error').hidden = true;
    this.#showBasket();
  }

  #showBasket() {
    const count = this.#lines().reduce((sum, { qty }) => sum + qty, 0);
    $('basket').hidden = count === 0 || this.slipSeen === true || document.body.dataset.ticket !== 'none';
    $('basket-text').textContent = t('basket', { count, total: money(this.#total()) });
  }

  // ---- sending ----

  async #send() {
    if (this.#sending) return;
    this.#clearErrors();
    const order = { name: $('name').value.trim(), lines: this.#lines() };
    if (order.lines.length === 0) return this.#fail([[null, () => t('choose_first')]]);
    if (order.name === '') return this.#fail([[this.#field('name'), () => t('name_needed')]]);
    this.#setSending(true);
    try {
      const reply = await fetch('/orders', {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order),
      });
      const body = await reply.json();
      if (reply.status === 201) this.dispatchEvent(new CustomEvent('ordered', { detail: { ...body, ...order } }));
      else if (reply.status === 422) this.#fail(body.detail.map((problem) => this.#placed(problem, order)));
      else this.#fail([[null, () => t('refused', { why: body.detail ?? reply.status })]]);
    } catch {
      this.#fail([[null, () => t('not_sent')]]);
    } finally {
      this.#setSending(false);
    }
  }

  #setSending(sending) {
    this.#sending = sending;
    $('order').setAttribute('aria-busy', sending);
    $('order').firstElementChild.textContent = t(sending ? 'ordering' : 'order');
  }

  // ---- errors ----

  #field(name) {
    if (name === 'name') return [$('name'), $('name-error')];
    const item = document.querySelector(`.dish[data-dish="${CSS.escape(name)}"]`);
    return item && [item.querySelector('input'), item.querySelector('.field-error')];
  }

  // One entry of a 422: which field it belongs to (null: the whole form) and how to say it.
  #placed({ type, loc, msg, ctx = {} }, order) {
    const field = loc[1] === 'lines' && Number.isInteger(loc[2]) ? this.#field(order.lines[loc[2]]?.dish ?? '') : loc[1] === 'name' ? this.#field('name') : null;
    const said = {
      string_too_long: () => t('too_long', { limit: ctx.max_length }),
      string_too_short: () => t('name_needed'),
      less_than_equal: () => t('too_many', { limit: ctx.le }),
      greater_than_equal: () => t('too_few', { limit: ctx.ge }),
      int_type: () => t('whole'), int_parsing: () => t('whole'), int_from_float: () => t('whole'),
      too_short: () => t('choose_first'),
      value_error: () => (loc[3] === 'dish' ? t('no_such_dish') : msg),
    }[type];
    return [field, said ?? (() => msg)];
  }

  #fail(problems) {
    this.#errors = () => {
      for (const [field, say] of problems) {
        const [input, place] = field ?? [null, $('form-error')];
        input?.setAttribute('aria-invalid', 'true');
        place.textContent = say();
        place.hidden = false;
      }
    };
    this.#errors();
    (problems.find(([field]) => field)?.[0][0] ?? $('order')).focus();
  }

  #clearError(input, place) {
    input.removeAttribute('aria-invalid');
    place.hidden = true;
    this.#errors = () => {};
  }

  #clearErrors() {
    for (const input of document.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
    for (const place of document.querySelectorAll('.menu .field-error, .docket .field-error')) place.hidden = true;
    this.#errors = () => {};
  }
}
