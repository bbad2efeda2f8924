// A real OpenID provider, for tests/suite/http/oauth/real.rs. Its users are who they say they are, and their addresses are
// verified when they begin with "v". Writes its address and waits to be ended.

import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirectUri] = process.argv.slice(2);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "guildhall", client_secret: "house-secret", redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["of no use to anybody"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id.startsWith("v"), name: `${id} of the house` }),
    }),
  });
  server.on("request", provider.callback());
  console.log(`READY ${issuer}`);
});
// Whoever started it is gone.
process.stdin.on("end", () => process.exit()).resume();
