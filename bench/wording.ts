/** The texts that every program answers with, so that only the work differs. */
export const shopUrl = 'https://shop.example/sizes/running-shoes?utm_source=manychat&utm_medium=messenger'
export const adviceFlow = 'content20260221085508_278589'
export const sizes = ['Small', 'Medium', 'Large'] as const

export function greet(firstName: string | null | undefined): string {
  return `Hi ${firstName ?? 'there'}! The running shoes that you asked for are back in every size. They run half a size \
small, so if you are between two sizes take the larger one. You can look at the size chart, or let us ask you three short \
questions and we tell you which pair fits best. Delivery takes two days, and sending them back is free.`
}
