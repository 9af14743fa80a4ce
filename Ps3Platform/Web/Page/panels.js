// What is inside the machine, read once a second while the page is seen: tables, and what has changed in a second.
import { command, isConnected, onNews } from './control.js';

const status = document.getElementById('status');
const panel = document.getElementById('panel');
const pause = document.getElementById('pause');
const tabs = document.getElementById('tabs');
const hold = document.getElementById('hold');
const stripLength = 120;
let isRunning = true;
let current = 'cpus';

const round = value => value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2).replace(/\.0$/, '');
const count = value => value.toLocaleString('en');
const hexadecimal = value => '0x' + value.toString(16);

// The rates of counters since they were last read.
const before = new Map();
function rate(name, value) {
  const now = performance.now();
  const old = before.get(name);
  before.set(name, { value, now });
  return old && now > old.now && value >= old.value ? (value - old.value) * 1000 / (now - old.now) : null;
}
const perSecond = (name, value) => { const found = rate(name, value); return found === null ? '–' : found === 0 ? '0' : round(found); };

const panels = {
  cpus: { title: 'PPE', query: 'query-cpus', show: threads => table(
    ['Thread', 'State', 'At', 'Instructions', 'Million/s', 'Interrupts/s', 'Hypercalls/s'],
    threads.map(one => [one.thread, one.state, one.symbol ?? hexadecimal(one.address), count(one.instructions),
      perSecond(`t${one.thread}`, one.instructions / 1e6), perSecond(`i${one.thread}`, one.interrupts),
      perSecond(`h${one.thread}`, one.hypercalls)])) },
  spes: { title: 'SPEs', query: 'query-spes', show: showSpes },
  hypercalls: { title: 'Hypercalls', query: 'query-hypercalls', show: calls => [
    paragraph(`${count(sum(calls, 'calls'))} hypercalls, ${count(sum(calls, 'failed'))} failed, ${count(sum(calls, 'denied'))} refused`),
    table(['Number', 'Name', 'Calls', 'Calls/s', 'Failed', 'Refused'], calls.map(one => [
      one.number, one.name, count(one.calls), perSecond(`c${one.number}`, one.calls), count(one.failed), count(one.denied)])),
  ] },
  calls: { title: 'Last calls', line: 'info calls' },
  block: { title: 'Disks', query: 'query-block', show: disks => table(
    ['Disk', 'Medium', 'Size', 'Reads', 'Reads/s', 'Writes', 'Writes/s', 'Failures'],
    disks.map(one => [one.device, one.medium?.file ?? (one['tray-open'] ? 'tray open' : 'none'), one.medium ? size(one.medium.size) : '–',
      count(one.state.reads ?? 0), perSecond(`r${one.device}`, one.state.reads ?? 0),
      count(one.state.writes ?? 0), perSecond(`w${one.device}`, one.state.writes ?? 0), count(one.state.failures ?? 0)])) },
  network: { title: 'Network', query: 'query-network', show: cards => table(
    ['Card', 'Link', 'Frames sent', 'Sent/s', 'Frames received', 'Received/s', 'Dropped'],
    cards.map(one => [one.device, one.state['link-up'] ? 'up' : 'down',
      count(one.state['frames-sent'] ?? 0), perSecond(`s${one.device}`, one.state['frames-sent'] ?? 0),
      count(one.state['frames-received'] ?? 0), perSecond(`g${one.device}`, one.state['frames-received'] ?? 0),
      count(one.state['frames-dropped'] ?? 0)])) },
  devices: { title: 'Devices', line: 'info devices' },
};

export function startPanels() {
  for (const [name, { title }] of Object.entries(panels)) {
    const tab = document.createElement('button');
    Object.assign(tab, { type: 'button', role: 'tab', textContent: title, id: 'tab-' + name });
    tab.setAttribute('aria-controls', 'panel');
    tab.dataset.name = name;
    tab.addEventListener('click', () => choose(name));
    tabs.append(tab);
  }
  tabs.addEventListener('keydown', event => {
    const all = [...tabs.children];
    const at = all.findIndex(one => one.dataset.name === current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = all[to % all.length];
    choose(tab.dataset.name);
    tab.focus();
  });
  pause.addEventListener('click', () => command(isRunning ? 'stop' : 'cont').then(refresh));
  hold.addEventListener('change', refresh);
  choose(current);
  onNews(refresh);
  setInterval(refresh, 1000);
  // States of SPEs change quickly: their strip is finer.
  setInterval(() => { if (current === 'spes') refresh(); }, 250);
}

function choose(name) {
  current = name;
  before.clear();
  panel.replaceChildren(paragraph('reading…'));
  for (const tab of tabs.children) {
    tab.setAttribute('aria-selected', tab.dataset.name === name);
    tab.tabIndex = tab.dataset.name === name ? 0 : -1;
  }
  panel.setAttribute('aria-labelledby', 'tab-' + name);
  refresh();
}

let busy = false;
let isAsked = false;
async function refresh() {
  if (busy) { isAsked = true; return; }
  if (!isConnected() || document.hidden) return;
  busy = true;
  const state = await command('query-status');
  if (state) {
    isRunning = state.running;
    status.textContent = state.running ? 'running' : state.status;
    pause.textContent = state.running ? 'Stop' : 'Continue';
  }
  if (!hold.checked) await showPanel(current);
  busy = false;
  if (isAsked) { isAsked = false; refresh(); }
}

async function showPanel(name) {
  const { query, line, show } = panels[name];
  const result = query ? await command(query) : await command('human-monitor-command', { 'command-line': line });
  if (result === null || name !== current) return;
  if (query) { replace([show(result)].flat()); return; }
  const text = panel.querySelector('pre') ?? document.createElement('pre');
  if (!text.isConnected) replace([text]);
  if (text.textContent === result) return;
  const isAtEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 4;
  text.textContent = result;
  if (isAtEnd) text.scrollTop = text.scrollHeight;
}

// Keeps the place to which a reader has scrolled.
function replace(parts) {
  const [x, y] = [panel.scrollLeft, panel.scrollTop];
  panel.replaceChildren(...parts);
  panel.scrollTo(x, y);
}

// What each SPE was at when it was last asked, newest last.
const strips = new Map();
function showSpes(spes) {
  if (spes.length === 0) return paragraph('The guest has constructed no SPE.');
  const rows = spes.map(one => {
    const strip = strips.get(one.spe) ?? [];
    strips.set(one.spe, strip);
    const rateOf = rate(`p${one.spe}`, one.instructions);
    if (isRunning) strip.push(one.state === 'stopped' && rateOf > 0 ? 'running' : one.state);
    if (strip.length > stripLength) strip.shift();
    const share = Math.round(100 * strip.filter(state => state === 'running').length / Math.max(1, strip.length));
    return [one.spe, one.state, one.channel ?? '–', hexadecimal(one.address), count(one.instructions),
      rateOf === null ? '–' : round(rateOf / 1e6), draw(strip, share)];
  });
  return [table(['SPE', 'State', 'Waits for channel', 'At', 'Instructions', 'Million/s', 'The last half minute'], rows),
    paragraph('Asked four times a second. Tall: it runs; half: it waits for a channel; low: it is stopped. '
      + '--spe-timeline FILE keeps every change.')];
}

function draw(strip, share) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: stripLength * 2, height: 20, className: 'strip', role: 'img' });
  canvas.setAttribute('aria-label', `running ${share}% of the time`);
  const picture = canvas.getContext('2d');
  picture.fillStyle = getComputedStyle(document.body).color;
  const heights = { running: 20, waiting: 10, stopped: 2 };
  strip.forEach((state, at) => {
    const height = heights[state] ?? 2;
    picture.fillRect((at + stripLength - strip.length) * 2, 20 - height, 2, height);
  });
  return canvas;
}

const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);
function size(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let at = 0;
  for (; bytes >= 1024 && at < 4; at++) bytes /= 1024;
  return `${bytes >= 100 || Number.isInteger(bytes) ? Math.round(bytes) : bytes.toFixed(1)} ${units[at]}`;
}

function paragraph(text) {
  const made = document.createElement('p');
  made.textContent = text;
  return made;
}

function table(names, rows) {
  const made = document.createElement('table');
  const add = (parent, tag, content) => {
    const cell = document.createElement(tag);
    if (tag === 'th') cell.scope = 'col';
    if (typeof content === 'number' || /^[\d.,]+$|^–$/.test(content)) cell.className = 'number';
    cell.append(content);
    parent.append(cell);
  };
  const head = made.createTHead().insertRow();
  names.forEach(name => add(head, 'th', name));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach(cell => add(line, 'td', cell));
  }
  // A heading stands over its numbers.
  [...head.cells].forEach((cell, at) => { if (body.rows[0]?.cells[at].className) cell.className = 'number'; });
  return made;
}
