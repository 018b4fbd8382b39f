import {
  addTag,
  buyButton,
  callButton,
  cards,
  defineBlock,
  flowButton,
  image,
  nodeButton,
  Type,
  text,
  urlButton,
} from 'dynablock'

const products = [
  { id: 'tee', name: 'T-shirt', price: 2250, about: 'Cotton, in three colours' },
  { id: 'mug', name: 'Mug', price: 990, about: 'Holds a lot of coffee' },
  { id: 'cap', name: 'Cap', price: 1500, about: 'One size fits most' },
]
const site = 'https://shop.example.com'
const euros = (cents: number) => `€${(cents / 100).toFixed(2)}`

export default defineBlock({
  description: 'Shows products as cards, or as text where a channel has no cards',
  fallback: `The shop is closed for a moment. You can find everything at ${site}`,
  states: { details: Type.Object({ id: Type.String() }) },

  open: ({ channel, tap }) => {
    if (channel === 'whatsapp' || channel === 'telegram') {
      const lines = products.map(({ name, price }) => `${name}: ${euros(price)}`)
      return text(lines.join('\n'), [urlButton('Open the shop', site)])
    }
    return cards(
      products.map(({ id, name, price, about }) => ({
        title: name,
        subtitle: `${about}. ${euros(price)}`,
        image_url: `${site}/${id}.jpg`,
        action_url: `${site}/${id}`,
        buttons: [
          tap('Details', 'details', { id }),
          urlButton('Open', `${site}/${id}`, { actions: [addTag('looked at products')] }),
          buyButton('Buy', {
            customer: { shipping_address: true, contact_name: true, contact_phone: false },
            product: { label: name, cost: price },
          }),
        ],
      })),
      { image_aspect_ratio: 'square' },
    )
  },

  steps: {
    details: ({ state, channel }) => {
      const product = products.find(({ id }) => id === state.id)
      if (!product) return 'That one is sold out, sorry.'
      const help = [flowButton('Delivery', 'content20180221085508_278589'), nodeButton('Sizes', 'Size table')]
      return [
        image(`${site}/${product.id}-large.jpg`),
        // Only Messenger can call a phone number.
        text(product.about, channel === 'messenger' ? [callButton('Call us', '+1 (555) 555-55-55'), ...help] : help),
      ]
    },
  },
})
