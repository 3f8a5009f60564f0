/** A bare socket, for tests that ask who is let in rather than what is shown. */
import { io, type Socket } from 'socket.io-client';

/** Opens a socket with these headers; `refused` says with which words the server turned it away. */
export function openSocket(address: string, headers: Record<string, string>): Promise<{ socket: Socket; refused?: string }> {
  const socket = io(address, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: headers });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve({ socket }));
    socket.once('connect_error', (error) => resolve({ socket, refused: error.message }));
  });
}
