import { crc32, deflateSync } from 'node:zlib'

interface Upload {
  name: string
  mimeType: string
  buffer: Buffer
}

/** csv is a sheet as people save it: semicolons, quotes where needed. */
export function csv(name: string, rows: string[][]): Upload {
  const cell = (text: string) => (/[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const text = rows.map((row) => row.map(cell).join(';')).join('\r\n') + '\r\n'
  return { name, mimeType: 'text/csv', buffer: Buffer.from('\ufeff' + text) }
}

/** window is the colour of a drawn shop window at a point: an awning, the glass, and a blue jacket behind it. */
function window(x: number, y: number): [number, number, number] {
  if (y < 44) return Math.floor(x / 32) % 2 ? [250, 250, 250] : [194, 24, 91]
  if (y < 48 || y >= 184) return [92, 70, 60]
  if (x < 24 || x >= 296 || y < 62) return [222, 203, 182]
  const side = Math.abs(x - 160)
  const jacket = y >= 84 && y < 170 && side < 30 + (y - 84) / 8
  const sleeve = y >= 84 && y < 150 && side < 38 + (y - 84) / 2 && side > 26 + (y - 84) / 3
  if ((jacket && side < 2) || (y < 96 && jacket && side < 10)) return [236, 240, 250]
  if (jacket || sleeve) return [52, 72, 176]
  return [206, 230, 245]
}

/** picture is a small real PNG. */
export function picture(name: string): Upload {
  const width = 320
  const height = 200
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.concat([
      Buffer.from([0]),
      Buffer.from(Array.from({ length: width }, (_, x) => window(x, y)).flat()),
    ]),
  )
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data])
    const size = Buffer.alloc(4)
    size.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([size, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return { name, mimeType: 'image/png', buffer }
}

/** pdf is the smallest document a reader opens: one empty page. */
export function pdf(name: string): Upload {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>',
  ]
  let text = '%PDF-1.4\n'
  const places = objects.map((object, at) => {
    const place = text.length
    text += `${at + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const start = text.length
  text += `xref\n0 4\n0000000000 65535 f \n${places.map((at) => String(at).padStart(10, '0') + ' 00000 n \n').join('')}`
  text += `trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(text) }
}
