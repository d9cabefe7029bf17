// What the page says, in English and Chinese. An entry is a string or a function of the values that it speaks about.

const languageKey = 'dumplings.language';

const pad = (number) => String(number).padStart(3, '0');

const words = {
  en: {
    skip: 'Skip to the menu',
    connecting: 'Connecting', open: 'Live', lost: 'Offline',
    shop_gone: 'The shop cannot be reached. Your number is kept; we keep trying.', try_now: 'Try now',
    shop_back: 'The shop is back.',
    board: 'The board, live',
    nobody_waits: 'Nobody is waiting.', counter_empty: 'The counter is empty.',
    cook: ({ cook }) => `Cook ${cook}`, free: ({ cook }) => `Cook ${cook}, free`,
    steaming: ({ cook, number }) => `Cook ${cook} is steaming number ${pad(number)}`, is_free: ({ cook }) => `Cook ${cook} is free`,
    menu_gone: 'The menu could not be fetched; we keep trying.',
    less: ({ dish }) => `One less: ${dish}`, plus: ({ dish }) => `One more: ${dish}`, quantity: ({ dish }) => `How many: ${dish}`,
    docket_empty: 'Nothing chosen yet. Press + beside a dish.',
    total: 'Total', name: 'Name for the order', order: 'Take a number', ordering: 'Sending',
    hint: 'You get a number. Sit down; we call you.',
    go_to_docket: 'Order slip', basket: ({ count, total }) => `${count} ${count === 1 ? 'portion' : 'portions'}, ${total}`,
    your_number: 'Your number', step_waiting: 'Waiting', step_cooking: 'Steaming', step_ready: 'Ready',
    ahead: ({ ahead }) => (ahead === 0 ? 'You are next.' : ahead === 1 ? '1 order is ahead of you.' : `${ahead} orders are ahead of you.`),
    cooking: ({ cook }) => `In the steamer of cook ${cook}.`,
    ready: 'Ready! Come to the counter.',
    lost_ticket: 'The shop has reopened and no longer knows this number. Please order again.',
    again: 'Order again',
    got_number: ({ number }) => `Your number is ${pad(number)}.`,
    called: ({ number }) => `Number ${pad(number)}: your order is ready. Come to the counter.`,
    title_waiting: ({ number, shop }) => `${pad(number)} waiting · ${shop}`,
    title_cooking: ({ number, shop }) => `${pad(number)} steaming · ${shop}`,
    title_ready: ({ number, shop }) => `🥟 ${pad(number)} is ready! · ${shop}`,
    stat_orders: 'Orders', stat_served: 'Served', stat_longest: 'Longest wait', stat_listeners: 'Listening', stat_uptime: 'Open for',
    seconds: ({ seconds }) => (seconds < 120 ? `${Math.round(seconds)} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`),
    colophon: 'Every cook is a coroutine, every waiting customer an open event stream.',
    choose_first: 'Choose a dish first.', name_needed: 'Please write a name.',
    not_sent: 'The shop could not be reached, so the order was not sent. Please try again.',
    refused: ({ why }) => `The shop did not take the order: ${why}`,
    too_long: ({ limit }) => `At most ${limit} characters, please.`,
    too_many: ({ limit }) => `At most ${limit} of one dish.`,
    too_few: ({ limit }) => `At least ${limit}.`,
    whole: 'A whole number, please.', no_such_dish: 'This dish is no longer on the menu.',
  },
  'zh-CN': {
    skip: '跳到菜单',
    connecting: '连接中', open: '实时', lost: '已断开',
    shop_gone: '暂时连不上店里，您的号码已保留，正在重试……', try_now: '立即重试',
    shop_back: '已重新连上。',
    board: '实时叫号屏',
    nobody_waits: '目前没有人等候。', counter_empty: '取餐台是空的。',
    cook: ({ cook }) => `${cook} 号师傅`, free: ({ cook }) => `${cook} 号师傅 · 空闲`,
    steaming: ({ cook, number }) => `${cook} 号师傅正在做 ${pad(number)} 号`, is_free: ({ cook }) => `${cook} 号师傅空闲`,
    menu_gone: '菜单没有取到，正在重试……',
    less: ({ dish }) => `减一份：${dish}`, plus: ({ dish }) => `加一份：${dish}`, quantity: ({ dish }) => `份数：${dish}`,
    docket_empty: '还没有点菜，请按菜名旁的 +。',
    total: '合计', name: '您怎么称呼', order: '下单取号', ordering: '正在下单……',
    hint: '拿到号码后请随意坐，做好了我们叫您。',
    go_to_docket: '点菜单', basket: ({ count, total }) => `已点 ${count} 份，${total}`,
    your_number: '您的号码', step_waiting: '等候', step_cooking: '上笼', step_ready: '取餐',
    ahead: ({ ahead }) => (ahead === 0 ? '下一位就是您。' : `前面还有 ${ahead} 单。`),
    cooking: ({ cook }) => `${cook} 号师傅正在做。`,
    ready: '做好了！请到取餐台。',
    lost_ticket: '本店重新开张，这个号码已失效，请重新下单。',
    again: '再点一单',
    got_number: ({ number }) => `您的号码是 ${pad(number)} 号。`,
    called: ({ number }) => `${pad(number)} 号，您的饺子好了，请到取餐台。`,
    title_waiting: ({ number, shop }) => `${pad(number)} 号等候中 · ${shop}`,
    title_cooking: ({ number, shop }) => `${pad(number)} 号已上笼 · ${shop}`,
    title_ready: ({ number, shop }) => `🥟 ${pad(number)} 号好了！· ${shop}`,
    stat_orders: '已接单', stat_served: '已出餐', stat_longest: '最长等候', stat_listeners: '在线', stat_uptime: '已营业',
    seconds: ({ seconds }) => (seconds < 120 ? `${Math.round(seconds)} 秒` : seconds < 7200 ? `${Math.round(seconds / 60)} 分钟` : `${Math.round(seconds / 3600)} 小时`),
    colophon: '每位师傅是一个协程，每位等候的客人是一条打开的事件流。',
    choose_first: '请先点一样。', name_needed: '请写下您的称呼。',
    not_sent: '连不上店里，订单没有发出，请再试一次。',
    refused: ({ why }) => `店里没有接这一单：${why}`,
    too_long: ({ limit }) => `最多 ${limit} 个字。`,
    too_many: ({ limit }) => `每样最多 ${limit} 份。`,
    too_few: ({ limit }) => `至少 ${limit}。`,
    whole: '请填整数。', no_such_dish: '这道菜已经不在菜单上。',
  },
};

// A browser that forbids storage still gets a page; it only forgets the choice.
function remembered() {
  try { return localStorage.getItem(languageKey); } catch { return null; }
}

let language = words[remembered()] ? remembered() : (/^zh/i.test(navigator.language) ? 'zh-CN' : 'en');
const listeners = new Set();

export const currentLanguage = () => language;

export function t(key, values = {}) {
  const entry = words[language][key];
  return typeof entry === 'function' ? entry(values) : entry;
}

// The dish, shop or portion in the reader's language.
export const named = (thing, prefix = '') => thing[prefix + (language === 'en' ? 'en' : 'zh')];

export const ticketNumber = pad;

export const money = (amount) => `¥${amount.toFixed(2)}`;

export function onLanguage(listener) {
  listeners.add(listener);
}

export function setLanguage(next) {
  language = next;
  try { localStorage.setItem(languageKey, next); } catch { /* kept for this page only */ }
  applyLanguage();
}

export function applyLanguage() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const listener of listeners) listener();
}
