// Wires the page together: the event stream feeds the shop, the shop is drawn, the order becomes a ticket.

import { showBoard, showStats } from './board.js';
import { Live } from './live.js';
import { Order } from './order.js';
import { Shop } from './shop.js';
import { Ticket } from './ticket.js';
import { applyLanguage, currentLanguage, onLanguage, setLanguage, t } from './words.js';

const $ = (id) => document.getElementById(id);

// A connection that comes back within this time is not worth a banner.
const noticeDelay = 800;

const shop = new Shop();
const order = new Order();
const ticket = new Ticket(order);
const live = new Live(() => shop.snapshot());
let stats = null;
let notice = 0;

function draw() {
  showBoard(shop, ticket.number);
  ticket.follow(shop);
}

function showState(state) {
  $('live').dataset.state = state;
  $('live').firstElementChild.textContent = t(state);
  clearTimeout(notice);
  if (state === 'open') {
    if (!$('notice').hidden) $('announce').textContent = t('shop_back');
    $('notice').hidden = true;
  }
  if (state === 'lost') notice = setTimeout(() => { $('notice').hidden = false; }, noticeDelay);
}

async function fetchMenu(pause = 500) {
  try {
    const reply = await fetch('/api/menu');
    if (!reply.ok) throw new Error(`the menu answered ${reply.status}`);
    const menu = await reply.json();
    $('menu-error').hidden = true;
    order.open(menu);
    ticket.open(menu);
    applyLanguage();
  } catch {
    $('menu-error').textContent = t('menu_gone');
    $('menu-error').hidden = false;
    setTimeout(() => fetchMenu(Math.min(pause * 2, 10_000)), pause);
  }
}

onLanguage(() => {
  const chinese = currentLanguage() === 'zh-CN';
  $('language').textContent = chinese ? 'English' : '中文';
  $('language').lang = chinese ? 'en' : 'zh-CN';
  showState(live.state);
  if (shop.shift !== null) showBoard(shop, ticket.number);
  if (stats) showStats(stats);
});
$('language').addEventListener('click', () => setLanguage(currentLanguage() === 'en' ? 'zh-CN' : 'en'));
$('retry').addEventListener('click', () => live.reconnect());

live.addEventListener('board', ({ detail }) => { shop.open(detail); draw(); });
live.addEventListener('order', ({ detail }) => { shop.move(detail); draw(); });
live.addEventListener('called', ({ detail }) => ticket.called(detail.number));
live.addEventListener('stats', ({ detail }) => { stats = detail; showStats(stats); });
live.addEventListener('state', ({ detail }) => showState(detail));
order.addEventListener('ordered', ({ detail }) => {
  ticket.take(detail);
  order.reset();
  live.watch(detail.number);
  draw();
});
ticket.addEventListener('returned', () => { order.reset(); draw(); });

applyLanguage();
fetchMenu();
live.start(ticket.number);
