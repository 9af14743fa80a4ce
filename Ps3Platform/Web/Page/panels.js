// Status, commands, panels and events, over the monitor's protocol for programs (Ps3Platform/Monitor/README.md).
const shown = [
  ['cpus', 'PPE'], ['spes', 'SPEs'], ['hypercalls', 'Hypercalls'], ['block', 'Disks'], ['network', 'Network'], ['devices', 'Devices'],
];
const status = document.getElementById('status');
const panel = document.getElementById('panel');
const events = document.getElementById('events');
const pause = document.getElementById('pause');
const tabs = document.getElementById('tabs');
const mostEvents = 100;
const waiting = new Map();
let socket = null;
let next = 1;
let current = shown[0][0];
let isRunning = true;

// Sends a command; answers its result. A failed one is shown among the events.
export function command(name, args = {}) {
  return new Promise(resolve => {
    if (socket?.readyState !== WebSocket.OPEN) { resolve(null); return; }
    const id = next++;
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ execute: name, arguments: args, id }));
  });
}

export function startPanels() {
  for (const [name, title] of shown) {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.role = 'tab';
    tab.textContent = title;
    tab.dataset.name = name;
    tab.addEventListener('click', () => choose(name));
    tabs.append(tab);
  }
  tabs.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...tabs.children];
    const tab = all[(all.findIndex(one => one.dataset.name === current) + step + all.length) % all.length];
    choose(tab.dataset.name);
    tab.focus();
  });
  pause.addEventListener('click', () => command(isRunning ? 'stop' : 'cont').then(refresh));
  choose(current);
  connect();
  setInterval(refresh, 1000);
}

function choose(name) {
  current = name;
  for (const tab of tabs.children) {
    tab.setAttribute('aria-selected', tab.dataset.name === name);
    tab.tabIndex = tab.dataset.name === name ? 0 : -1;
  }
  refresh();
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/control`);
  socket.onopen = () => command('qmp_capabilities').then(refresh);
  socket.onmessage = event => receive(JSON.parse(event.data));
  socket.onclose = () => {
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
    setTimeout(connect, 1000);
  };
}

function receive(message) {
  if (message.event) { tell(message.event + (message.data ? ' ' + JSON.stringify(message.data) : '')); refresh(); return; }
  const resolve = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.error) tell('not done: ' + message.error.desc);
  resolve?.(message.return ?? null);
}

function tell(text) {
  const item = document.createElement('li');
  item.textContent = `${new Date().toLocaleTimeString()} ${text}`;
  events.prepend(item);
  while (events.children.length > mostEvents) events.lastChild.remove();
}

let busy = false;
async function refresh() {
  if (busy || socket?.readyState !== WebSocket.OPEN || document.hidden) return;
  busy = true;
  const state = await command('query-status');
  if (state) {
    isRunning = state.running;
    status.textContent = state.running ? 'running' : state.status;
    pause.textContent = state.running ? 'Stop' : 'Continue';
  }
  const text = await command('human-monitor-command', { 'command-line': 'info ' + current });
  if (text !== null && panel.textContent !== text) panel.textContent = text;
  busy = false;
}
