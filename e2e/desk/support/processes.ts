import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

/** A running Recado with its provider. */
export interface Recado {
  /** Address of the desk. */
  url: string
  /** Address of the simulator: its handset page and its control API are below it. */
  simulator: string
  /** Unix milliseconds at which the command was given. */
  since: number
  stop(): void
}

export const password = 'recado-demo'
const binary = process.env.RECADO_BINARY ?? fileURLToPath(new URL('../../../bin/recado', import.meta.url))

/** startDemo is `recado demo` in an empty folder. */
export async function startDemo(): Promise<Recado> {
  const since = Date.now()
  const folder = mkdtempSync(tmpdir() + '/recado-desk-')
  const listen = await freeAddress()
  const url = 'http://' + listen
  const demo = run(['demo', '--listen', listen, '--data', folder])
  await ready(demo, url + '/readyz')
  return { url, simulator: url + '/simulator', since, stop: () => (demo.stop(), remove(folder)) }
}

/** startServe is a real node on a fresh PostgreSQL database, with the provider as a process of its own. */
export async function startServe(): Promise<Recado> {
  const since = Date.now()
  const folder = mkdtempSync(tmpdir() + '/recado-desk-')
  const database = freshDatabase()
  const listen = await freeAddress()
  const provider = await freeAddress()
  const url = 'http://' + listen
  const simulator = 'http://' + provider
  const simulate = run(['simulate', '--listen', provider, '--callback-url', url + '/hooks/whatsapp'])
  await ready(simulate, simulator + '/control/stats')
  const env = {
    RECADO_DATA: folder,
    RECADO_DATABASE: database.url,
    RECADO_WHATSAPP_GRAPH_URL: simulator,
    RECADO_WHATSAPP_APP_SECRET: 'simulator-secret',
    RECADO_WHATSAPP_VERIFY_TOKEN: 'simulator-verify',
  }
  execFileSync(binary, ['seed', '--password', password, '--provider-token', 'simulator-token'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const serve = run(['serve', '--listen', listen], env)
  await ready(serve, url + '/readyz')
  const stop = () => {
    serve.stop()
    simulate.stop()
    database.drop()
    remove(folder)
  }
  return { url, simulator, since, stop }
}

interface Running {
  child: ChildProcess
  said: () => string
  stop(): void
}

/** run starts the binary; whatever happens to us, it does not outlive this process. */
function run(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (part: Buffer) => (said = (said + part.toString()).slice(-20_000))
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const stop = () => void child.kill('SIGKILL')
  process.once('exit', stop)
  return { child, said: () => said, stop }
}

async function ready(running: Running, address: string): Promise<void> {
  const until = Date.now() + 60_000
  while (Date.now() < until && running.child.exitCode === null) {
    const answer = await fetch(address).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((done) => setTimeout(done, 50))
  }
  running.stop()
  throw new Error(`${address} did not become ready:\n${running.said()}`)
}

/** freeAddress gives a loopback address nobody listens on now. */
function freeAddress(): Promise<string> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done('127.0.0.1:' + port))
    })
  })
}

/** freshDatabase makes a database on the test server, for this run alone. */
function freshDatabase(): { url: string; drop(): void } {
  const server = process.env.RECADO_TEST_POSTGRES
  if (!server) throw new Error('RECADO_TEST_POSTGRES is not set: run scripts/browser-tests')
  const name = 'recado_desk_' + randomBytes(6).toString('hex')
  const psql = (sql: string) => execFileSync('psql', ['-q', '-d', server, '-c', sql], { stdio: ['ignore', 'ignore', 'inherit'] })
  psql(`create database ${name}`)
  const url = new URL(server)
  url.pathname = '/' + name
  return { url: url.href, drop: () => psql(`drop database if exists ${name} with (force)`) }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
