from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vouchers', '0003_payment_guards'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='voucher',
            index=models.Index(
                condition=models.Q(('polled_at__isnull', False), ('state__in', ('op', 'bl'))),
                fields=['polled_at'],
                name='voucher_polled',
            ),
        ),
    ]
