import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'

t.test('D1: the container may do next to nothing', async t => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'))
  t.match(services.dynablock, {
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    tmpfs: ['/tmp'],
    volumes: [/:ro$/, 'data:/data'],
  })
  t.match(readFileSync('Dockerfile', 'utf8'), /^USER node$/m)
  t.match(readFileSync('.ci/run', 'utf8'), /bash \.ci\/container/, 'and is run so')
})
