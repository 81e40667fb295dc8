// Shows files. The one module that gives an element an address: always one of an object that was made here, with a type that was
// chosen here, so that no file can be a page or a script of this origin.
import { sizeText } from "./attachments.js";

/** What the gateway says of a picture's bytes; a file that only claims to be one is none. */
const pictures = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/**
 * @param {Document} document
 * @param {(id: string) => Promise<ArrayBuffer>} load
 */
export function createFileView(document, load) {
  /** @type {Set<string>} */
  const addresses = new Set();
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        target.dispatchEvent(new Event("near"));
      }
    },
    { rootMargin: "400px" },
  );

  /** @param {BlobPart} bytes @param {string} type */
  function addressOf(bytes, type) {
    const address = URL.createObjectURL(new Blob([bytes], { type }));
    addresses.add(address);
    return address;
  }

  /** @param {string} address */
  function forget(address) {
    addresses.delete(address);
    URL.revokeObjectURL(address);
  }

  /** @param {string} name @param {string} className @param {string} text */
  function make(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  /** @param {{ id: string, name: string, size: number }} file */
  async function save(file) {
    // Whatever it is: a browser saves these bytes and opens them nowhere.
    const address = addressOf(await load(file.id), "application/octet-stream");
    const link = document.createElement("a");
    link.href = address;
    link.download = file.name;
    link.click();
    setTimeout(() => forget(address), 60_000);
  }

  /** @param {{ id: string, name: string, size: number }} file */
  function download(file) {
    const button = make("button", "file quiet", "");
    const size = make("span", "size", sizeText(file.size));
    button.type = "button";
    button.append(make("span", "name", file.name), size);
    button.setAttribute("aria-label", `Download ${file.name}, ${sizeText(file.size)}`);
    button.addEventListener("click", async () => {
      button.disabled = true;
      size.textContent = "downloading…";
      try {
        await save(file);
        size.textContent = sizeText(file.size);
      } catch (fault) {
        size.textContent = fault.message;
      }
      button.disabled = false;
    });
    return button;
  }

  /** @param {{ id: string, name: string, size: number, image: string }} file @param {() => void} onShown */
  function picture(file, onShown) {
    const frame = make("span", "picture", "");
    frame.addEventListener("near", async () => {
      try {
        const address = addressOf(await load(file.id), file.image);
        const link = document.createElement("a");
        link.href = address;
        link.target = "_blank";
        link.rel = "noopener";
        link.title = `${file.name}, ${sizeText(file.size)}`;
        const image = document.createElement("img");
        image.alt = file.name;
        image.addEventListener("load", onShown);
        // Damaged, or not what its first bytes say: then it can still be saved.
        image.addEventListener("error", () => frame.replaceWith(download(file)));
        image.src = address;
        link.append(image);
        frame.replaceChildren(link);
      } catch (fault) {
        frame.replaceWith(make("p", "size", `${file.name}: ${fault.message}`));
      }
    });
    near.observe(frame);
    return frame;
  }

  return {
    /** The files of a message. @param {any[]} files @param {() => void} onShown */
    ofMessage(files, onShown) {
      const list = make("div", "files", "");
      list.append(
        ...files.map((file) => (pictures.includes(file.image) ? picture(file, onShown) : download(file))),
      );
      return list;
    },
    /** A small picture of a file that is not sent yet; null for what is none. @param {File} file */
    preview(file) {
      if (!pictures.includes(file.type)) return null;
      const image = document.createElement("img");
      image.alt = "";
      image.addEventListener("error", () => image.remove());
      image.src = addressOf(file, file.type);
      return image;
    },
    /** @param {Element} element */
    dispose(element) {
      for (const shown of element.querySelectorAll(".picture")) near.unobserve(shown);
      for (const image of element.querySelectorAll("img")) forget(image.src);
    },
    clear() {
      for (const address of addresses) URL.revokeObjectURL(address);
      addresses.clear();
    },
  };
}
