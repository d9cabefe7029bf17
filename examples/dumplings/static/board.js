// Draws the shop: slips on the rail, steamers on the stoves, numbers on the counter.

import { t, ticketNumber } from './words.js';

// The rail never has room for more slips than this; beyond them, the count tells.
const railLength = 24;
// More cooks than this get smaller stoves, in a part of the page that scrolls.
const roomyCooks = 6;
const svgNamespace = 'http://www.w3.org/2000/svg';

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') made.className = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function drawing(symbol, viewBox, className) {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', viewBox);
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svgNamespace, 'use');
  use.setAttribute('href', `#${symbol}`);
  svg.append(use);
  return svg;
}

// Makes `list` show `numbers` in order, keeping the items that stay, so that only what is new moves.
function showNumbers(list, numbers, mine) {
  const kept = new Map([...list.children].map((item) => [item.dataset.number, item]));
  const wanted = numbers.map((number) => {
    const item = kept.get(String(number)) ?? element('li', { 'data-number': number, class: 'enter' }, ticketNumber(number));
    item.classList.toggle('mine', number === mine);
    return item;
  });
  for (const item of list.children) if (!wanted.includes(item)) item.classList.add('gone');
  for (const item of list.querySelectorAll('.gone')) item.remove();
  wanted.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

function showRail(shop, mine) {
  showNumbers(document.getElementById('waiting'), shop.waiting.slice(0, railLength), mine);
  document.getElementById('waiting-count').textContent = shop.waiting.length;
}

function newStove(cook) {
  const art = element('div', { class: 'stove-art', 'aria-hidden': 'true' },
    element('div', { class: 'steam' }, ...[1, 2, 3].map(() => drawing('wisp', '0 0 24 48', 'wisp'))),
    drawing('lid', '0 0 120 40', 'lid'), drawing('baskets', '0 0 120 70', 'baskets'),
    element('span', { class: 'plate' }));
  return element('li', { class: 'stove', 'data-cook': cook }, art,
    element('div', { class: 'meter', 'aria-hidden': 'true' }, element('i')),
    element('p', { class: 'stove-name', 'aria-hidden': 'true' }), element('p', { class: 'visually-hidden stove-said' }));
}

// Restarts the meter: its animation begins as far in as the dish is done.
function startMeter(stove, job) {
  const meter = stove.querySelector('.meter');
  const elapsed = job.seconds - Math.max(0, (job.until - performance.now()) / 1000);
  meter.style.setProperty('--seconds', `${Math.max(job.seconds, 0.01)}s`);
  meter.style.setProperty('--elapsed', `${-elapsed}s`);
  meter.replaceChildren(element('i'));
}

function showStove(stove, cook, job, mine) {
  const number = job ? String(job.number) : '';
  stove.classList.toggle('busy', Boolean(job));
  stove.classList.toggle('mine', Boolean(job) && job.number === mine);
  stove.querySelector('.stove-name').textContent = job ? t('cook', { cook }) : t('free', { cook });
  stove.querySelector('.stove-said').textContent = job ? t('steaming', { cook, number }) : t('is_free', { cook });
  if (stove.dataset.number === number) return;
  stove.dataset.number = number;
  if (!job) return;
  stove.querySelector('.plate').textContent = ticketNumber(job.number);
  startMeter(stove, job);
}

export function showBoard(shop, mine) {
  showRail(shop, mine);
  const stoves = document.getElementById('cooks');
  const many = shop.cooks > roomyCooks;
  stoves.classList.toggle('many', many);
  if (many) stoves.tabIndex = 0;  // what scrolls must be reachable by keyboard
  while (stoves.children.length > shop.cooks) stoves.lastChild.remove();
  while (stoves.children.length < shop.cooks) stoves.append(newStove(stoves.children.length + 1));
  [...stoves.children].forEach((stove, index) => showStove(stove, index + 1, shop.cooking.get(index + 1), mine));
  showNumbers(document.getElementById('ready'), shop.ready, mine);
}

export function showStats(stats) {
  const show = (name, value) => { document.getElementById(`stat-${name}`).textContent = value; };
  show('orders', stats.orders);
  show('served', stats.served);
  show('listeners', stats.listeners);
  show('longest', t('seconds', { seconds: stats.longest_wait_seconds }));
  show('uptime', t('seconds', { seconds: stats.uptime_seconds }));
}
