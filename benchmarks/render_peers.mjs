// The banner of benchmarks/render.py by satori, resvg and sharp, and by takumi: a line asks for one, a line answers.
//
// node render_peers.mjs PACKAGES FOLDER
//
// PACKAGES has node_modules, FOLDER the photo, the logo, the stars and three cuts of Inter. Unless asked for the photo of
// all, each banner's has a comment of its own, so that nobody's cache knows it; logo, stars and fonts may be kept.
import { createRequire } from "node:module"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"

const [packages, folder] = process.argv.slice(2)
const require = createRequire(join(resolve(packages), "peers.js"))
const read = name => readFileSync(join(folder, name))
const address = (kind, body) => `data:${kind};base64,${body.toString("base64")}`

const photo = read("photo.jpg")
const logo = address("image/png", read("logo.png"))
const stars = address("image/svg+xml", read("stars.svg"))
const fonts = [400, 700, 800].map(weight => ({ name: "Inter", data: read(`${weight}.ttf`), weight, style: "normal" }))

function photoOf({ row, isSame }) {
  if (isSame) return photo
  const comment = Buffer.from(`banner ${row}`)
  const mark = Buffer.from([0xff, 0xfe, 0, comment.length + 2])
  return Buffer.concat([photo.subarray(0, 2), mark, comment, photo.subarray(2)])
}

/** The layers from the bottom up, in a form that both make their own tree of. */
function layers(asked, photoAddress) {
  const { width, height, words } = asked
  const at = (left, top, style) => ({ position: "absolute", left, top, ...style })
  const text = (weight, size) => ({ color: "#fff", fontFamily: "Inter", fontWeight: weight, fontSize: size, lineHeight: 1.2 })
  return [
    { picture: photoAddress, width, height, style: at(0, 0, { width, height, objectFit: "cover" }) },
    { style: at(0, 0, { width, height, backgroundImage: "linear-gradient(90deg, #0a0e23eb, #0a0e2300 68%)" }) },
    { text: words.title, style: at(64, 120, { width: 560, ...text(700, 54) }) },
    { text: words.subtitle, style: at(64, 340, { width: 480, ...text(400, 22) }) },
    { text: words.price, style: at(64, 420, text(800, 72)) },
    {
      text: words.button,
      style: at(64, 528, {
        width: 280, height: 60, borderRadius: 30, backgroundColor: "#ff5a3c", boxShadow: "0 8px 24px rgba(0,0,0,0.4)",
        alignItems: "center", justifyContent: "center", ...text(700, 22),
      }),
    },
    { picture: logo, width: 140, height: 56, style: at(996, 40, { width: 140, height: 56 }) },
    { picture: stars, width: 150, height: 26, style: at(64, 80, { width: 150, height: 26 }) },
  ]
}

function satoriStack() {
  const satori = require("satori").default
  const { Resvg } = require("@resvg/resvg-js")
  const sharp = require("sharp")
  sharp.concurrency(1)
  const element = ({ text, picture, width, height, style }) =>
    picture === undefined
      ? { type: "div", props: { style: { display: "flex", ...style }, children: text } }
      : { type: "img", props: { src: picture, width, height, style } }
  return async asked => {
    const { width, height, quality } = asked
    const children = layers(asked, address("image/jpeg", photoOf(asked))).map(element)
    const root = { type: "div", props: { style: { display: "flex", position: "relative", width, height }, children } }
    const svg = await satori(root, { width, height, fonts })
    const { pixels } = new Resvg(svg, { font: { loadSystemFonts: false } }).render()
    return sharp(pixels, { raw: { width, height, channels: 4 } }).removeAlpha().jpeg({ quality }).toBuffer()
  }
}

function takumi() {
  const { Renderer } = require("@takumi-rs/core")
  const renderer = new Renderer()
  const node = ({ text, picture, width, height, style }) => {
    if (picture !== undefined) return { type: "image", src: picture, width, height, style }
    const shown = { display: "flex", ...style }
    return text === undefined ? { type: "container", style: shown, children: [] } : { type: "text", text, style: shown }
  }
  return async asked => {
    const { width, height, quality } = asked
    const name = asked.isSame ? "photo" : `photo-${asked.row}`
    const root = { type: "container", style: { position: "relative", width, height }, children: layers(asked, name).map(node) }
    const images = [{ src: name, data: photoOf(asked) }]
    return renderer.render(root, { width, height, format: "jpeg", quality, fonts, images })
  }
}

const makers = { satori: satoriStack, takumi }
const ready = {}
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  try {
    ready[asked.who] ??= makers[asked.who]()
    const before = process.cpuUsage()
    const body = await ready[asked.who](asked)
    const { user, system } = process.cpuUsage(before)
    console.log(JSON.stringify({ worked_seconds: (user + system) / 1e6, body: Buffer.from(body).toString("base64") }))
  } catch (fault) {
    console.log(JSON.stringify({ fault: String(fault) }))
  }
}
