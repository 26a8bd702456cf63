import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

/** Entry point: a WebSocket server without NovaCron. It reads the JSON file that it is named and writes its value as JSON for each message that comes. */
const value: unknown = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (message: Buffer) => {
    const { id } = JSON.parse(message.toString()) as { id: number };
    socket.send(JSON.stringify({ id, value }));
  });
});
server.on('listening', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : address);
});
