// A chat server on Socket.IO as tutorials build it: one process, JSON Web Tokens, a room for each channel, every message
// in PostgreSQL before anybody hears it. It speaks the few calls that the measurement makes, in the same shapes as
// Guildhall, and does less: no roles, no revocation, no catch-up, no order across sends that overlap.
import { createSecretKey, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { Server } from 'socket.io';

const secret = createSecretKey(Buffer.from(process.env.GUILDHALL__IDENTITY__TOKEN_SECRET, 'utf8'));
const pool = new pg.Pool({ connectionString: process.env.GUILDHALL__DATABASE__URL, max: 16 });
await pool.query(`
  CREATE TABLE peer_users (id uuid PRIMARY KEY, username text NOT NULL UNIQUE);
  CREATE TABLE peer_channels (id uuid PRIMARY KEY, server_id uuid NOT NULL, name text NOT NULL);
  CREATE TABLE peer_members (server_id uuid, user_id uuid, PRIMARY KEY (server_id, user_id));
  CREATE TABLE peer_messages (
    seq bigserial PRIMARY KEY, id uuid NOT NULL UNIQUE, channel_id uuid NOT NULL, author_id uuid NOT NULL,
    content text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX peer_messages_channel ON peer_messages (channel_id, seq);`);

const prepared = (name, text) => (values) => pool.query({ name, text, values });
const addUser = prepared('user', 'INSERT INTO peer_users (id, username) VALUES ($1, $2)');
const addChannel = prepared('channel', 'INSERT INTO peer_channels (id, server_id, name) VALUES ($1, $2, $3)');
const addMember = prepared('member', 'INSERT INTO peer_members VALUES ($1, $2) ON CONFLICT DO NOTHING');
const findAccess = prepared('access', `SELECT c.server_id FROM peer_channels c JOIN peer_members m USING (server_id)
  WHERE c.id = $1 AND m.user_id = $2`);
const addMessage = prepared('message', `INSERT INTO peer_messages (id, channel_id, author_id, content)
  VALUES ($1, $2, $3, $4) RETURNING seq::int, created_at`);
const findPage = prepared('page', `SELECT m.id, m.seq::int, m.content, m.created_at, m.author_id, u.username
  FROM peer_messages m JOIN peer_users u ON u.id = m.author_id
  WHERE m.channel_id = $1 AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3`);

const message = (row, channelId, serverId, author) => ({
  id: row.id, seq: row.seq, rev: row.seq, channelId, serverId, content: row.content, type: 'text',
  author: { id: author.id, username: author.username, name: author.username, avatar: null },
  replyTo: null, edited: false, editedAt: null, deleted: false, createdAt: row.created_at,
});

const calls = {
  async 'POST /api/auth/register'({ body }) {
    const user = { id: randomUUID(), username: body.username };
    await addUser([user.id, user.username]);
    return { success: true, user, token: jwt.sign(user, secret, { expiresIn: '1d' }) };
  },
  async 'POST /api/servers'({ body, user }) {
    const [id, channel] = [randomUUID(), randomUUID()];
    await addChannel([channel, id, 'general']);
    await addMember([id, user.id]);
    return { success: true, server: { id, name: body.name, channels: [{ id: channel, name: 'general' }] } };
  },
  async 'GET /api/channels/messages'({ channel, query, user }) {
    const access = (await findAccess([channel, user.id])).rows[0];
    if (!access) return null;
    const limit = Math.min(Number(query.get('limit') ?? 50), 100);
    const { rows } = await findPage([channel, query.get('before') ?? '9223372036854775807', limit + 1]);
    const page = rows.slice(0, limit).map((row) =>
      message(row, channel, access.server_id, { id: row.author_id, username: row.username }));
    return { success: true, messages: page, hasMore: rows.length > limit };
  },
};

const http = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  const channel = url.pathname.match(/^\/api\/channels\/([0-9a-f-]{36})\/messages$/)?.[1];
  const call = calls[`${request.method} ${channel ? '/api/channels/messages' : url.pathname}`];
  const answer = (status, value) => {
    const text = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  try {
    if (!call) return answer(404, { success: false });
    let text = '';
    for await (const chunk of request) text += chunk;
    const token = request.headers.authorization?.slice('Bearer '.length);
    const user = token && jwt.verify(token, secret);
    const value = await call({ channel, query: url.searchParams, body: text ? JSON.parse(text) : {}, user });
    return value ? answer(200, value) : answer(404, { success: false });
  } catch (error) {
    return answer(500, { success: false, error: String(error) });
  }
});

const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.use((socket, next) => {
  try {
    socket.data.user = jwt.verify(socket.handshake.auth.token, secret);
    next();
  } catch (error) {
    next(error);
  }
});
io.on('connection', (socket) => {
  const { user } = socket.data;
  const servers = new Map();
  socket.on('join-channel', async (channelId, done) => {
    const access = (await findAccess([channelId, user.id])).rows[0];
    if (!access) return done({ ok: false });
    servers.set(channelId, access.server_id);
    socket.join(channelId);
    done({ ok: true });
  });
  socket.on('send-message', async ({ channelId, content }, done) => {
    if (!servers.has(channelId)) return done({ ok: false });
    const id = randomUUID();
    const { rows: [stored] } = await addMessage([id, channelId, user.id, content]);
    const row = { id, content, ...stored };
    io.to(channelId).emit('new-message', message(row, channelId, servers.get(channelId), user));
    done({ ok: true, id, seq: stored.seq });
  });
});
http.listen(0, '127.0.0.1', () => {
  console.log(`Socket.IO serves on http://127.0.0.1:${http.address().port} (process ${process.pid})`);
});
