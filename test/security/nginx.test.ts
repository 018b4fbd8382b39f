import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { serveSimulator } from '../dev/simulator/serve.ts'
import { size } from '../dev/simulator/size.ts'
import { ana, folderOf, secret, write } from '../helper.ts'
import { httpRequest } from '../http-request.ts'
import { nginxPath, onNginx } from '../needs.ts'
import { until } from '../until.ts'
import { attempts } from './development-only.ts'

t.test('V7: behind a proxy that says nothing of itself a stranger gets nothing', onNginx, async t => {
  const { port } = await serveSimulator(t, { size })
  const socketPath = await startNginx(t, port)
  const ask = (method: string, path: string, body: string | undefined, more: Record<string, string> = {}) => {
    const headers = { host: 'bot.example.com', 'content-type': 'application/json', ...more }
    return httpRequest({ socketPath, method, path, headers }, body)
  }
  for (const { method, path, body } of attempts) {
    t.match(
      await ask(method, path, body),
      { status: 401, body: /DYN_(SIMULATOR_TOKEN|UNAUTHORIZED)/ },
      `${method} ${path}`,
    )
  }
  const opened = await ask('POST', '/blocks/size', ana, { authorization: `Bearer ${secret}` })
  t.match(opened, { status: 200, body: /Hi Ana/ }, 'ManyChat gets through')
})

/** A real nginx with nothing but `proxy_pass`, which sends its own address as `Host`; returns where it listens. */
async function startNginx(t: Test, port: number): Promise<string> {
  const folder = folderOf(t)
  const socketPath = join(folder, 'nginx.sock')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/${name};`,
  )
  write(folder, {
    'nginx.conf': `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen unix:${socketPath};
    location / { proxy_pass http://127.0.0.1:${port}; }
  }
}
`,
  })
  const child = spawn(nginxPath as string, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const answers = () =>
    httpRequest({ socketPath, method: 'GET', path: '/healthz' }).then(
      () => true,
      () => false,
    )
  await until(answers)
  return socketPath
}
