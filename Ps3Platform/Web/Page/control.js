// Commands and events, over the monitor's protocol for programs (Ps3Platform/Monitor/README.md).
const events = document.getElementById('events');
const mostEvents = 100;
const waiting = new Map();
const listeners = [];
let socket = null;
let next = 1;

export const isConnected = () => socket?.readyState === WebSocket.OPEN;

// Sends a command; answers its result, null when it failed. A failed one is shown among the events.
export function command(name, args = {}) {
  return new Promise(resolve => {
    if (!isConnected()) { resolve(null); return; }
    const id = next++;
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ execute: name, arguments: args, id }));
  });
}

// Calls a function when something has happened, and when the connection is there.
export function onNews(listener) { listeners.push(listener); }

export function startControl() {
  socket = new WebSocket(`ws://${location.host}/control`);
  socket.onopen = () => command('qmp_capabilities').then(() => listeners.forEach(listener => listener()));
  // Addresses have 64 bits, and numbers here 53.
  socket.onmessage = event => receive(JSON.parse(event.data, (name, value, context) =>
    name === 'address' && context?.source?.length > 15 ? BigInt(context.source) : value));
  socket.onclose = () => {
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
    setTimeout(startControl, 1000);
  };
}

export function tell(text) {
  const item = document.createElement('li');
  item.textContent = `${new Date().toLocaleTimeString()} ${text}`;
  events.prepend(item);
  while (events.children.length > mostEvents) events.lastChild.remove();
}

function receive(message) {
  if (message.event) {
    tell(message.event + (message.data ? ' ' + JSON.stringify(message.data) : ''));
    listeners.forEach(listener => listener());
    return;
  }
  const resolve = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.error) tell('not done: ' + message.error.desc);
  resolve?.(message.return ?? null);
}
